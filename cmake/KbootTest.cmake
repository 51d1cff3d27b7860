# SPDX-License-Identifier: GPL-2.0-or-later

# kb_unit_test(NAME SOURCES … MODULES …): a cmocka program, CTest name unit/NAME, label unit.
# What is in tests/support may be used.
function(kb_unit_test name)
	cmake_parse_arguments(T "" "" "SOURCES;MODULES" ${ARGN})
	set(target unit_${name})
	add_executable(${target} ${T_SOURCES})
	list(TRANSFORM T_MODULES PREPEND kb_)
	target_link_libraries(${target} PRIVATE kb_test_support ${T_MODULES} PkgConfig::cmocka)
	add_test(NAME unit/${name} COMMAND ${target})
	set_tests_properties(unit/${name} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()

# kb_fault_test(NAME SOURCES … MODULES …): scenarios in which every allocation and every call of the
# system table fails in turn (tests/fault/fault.h); CTest name fault/NAME, label fault.
function(kb_fault_test name)
	cmake_parse_arguments(T "" "" "SOURCES;MODULES" ${ARGN})
	set(target fault_${name})
	set(harness ${PROJECT_SOURCE_DIR}/tests/fault)
	add_executable(${target} ${T_SOURCES} ${harness}/harness.c ${harness}/alloc.c)
	list(TRANSFORM T_MODULES PREPEND kb_)
	target_link_libraries(${target} PRIVATE kb_test_support ${T_MODULES})
	target_include_directories(${target} PRIVATE ${harness})
	foreach(call malloc calloc realloc reallocarray aligned_alloc free strdup strndup asprintf vasprintf
			getline getdelim fopen fdopen opendir fdopendir)
		target_link_options(${target} PRIVATE -Wl,--wrap=${call})
	endforeach()
	add_test(NAME fault/${name} COMMAND ${target})
	set_tests_properties(fault/${name} PROPERTIES LABELS fault TIMEOUT 120)
endfunction()

# kb_list_cases(VARIABLE FILE…): what `run.py --list` in this folder prints, which it has from the files.
function(kb_list_cases variable)
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN})
	execute_process(COMMAND ${KB_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/run.py --list
		OUTPUT_VARIABLE cases OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
	string(REPLACE "\n" ";" cases "${cases}")
	set(${variable} ${cases} PARENT_SCOPE)
endfunction()
