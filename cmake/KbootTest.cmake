# SPDX-License-Identifier: GPL-2.0-or-later
# kb_unit_test(NAME SOURCES … MODULES …): a cmocka program, CTest name unit/NAME, label unit.
function(kb_unit_test name)
	cmake_parse_arguments(T "" "" "SOURCES;MODULES" ${ARGN})
	set(target unit_${name})
	add_executable(${target} ${T_SOURCES})
	list(TRANSFORM T_MODULES PREPEND kb_)
	target_link_libraries(${target} PRIVATE ${T_MODULES} PkgConfig::cmocka)
	target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support)
	add_test(NAME unit/${name} COMMAND ${target})
	set_tests_properties(unit/${name} PROPERTIES LABELS unit TIMEOUT 60)
endfunction()
