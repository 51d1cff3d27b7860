# SPDX-License-Identifier: GPL-2.0-or-later
# kb_module(NAME FLOOR n SOURCES … [DEPENDS modules…] [LIBRARIES targets…] [PRIVATE_LIBRARIES targets…])
#
# A module is the static library kb_NAME with its own include root NAME/include; its public headers are everything
# below NAME/include/kboot/NAME. An arrow only ever points down: a dependency on the same or a higher floor is refused
# here, and a header of a module that is not among DEPENDS is not found by the compiler.
function(kb_module name)
	cmake_parse_arguments(M "" "FLOOR" "SOURCES;DEPENDS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
	if(NOT DEFINED M_FLOOR)
		message(FATAL_ERROR "module ${name}: no FLOOR")
	endif()
	file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/include/kboot/${name}/*.h)
	add_library(kb_${name} STATIC ${M_SOURCES})
	set_target_properties(kb_${name} PROPERTIES KB_FLOOR ${M_FLOOR} VERIFY_INTERFACE_HEADER_SETS ON)
	target_sources(kb_${name} PUBLIC FILE_SET HEADERS
		BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR}/include FILES ${headers})
	target_include_directories(kb_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
	target_link_libraries(kb_${name} PUBLIC kb_options ${M_LIBRARIES} PRIVATE ${M_PRIVATE_LIBRARIES})
	foreach(dep IN LISTS M_DEPENDS)
		get_target_property(floor kb_${dep} KB_FLOOR)
		if(NOT floor LESS M_FLOOR)
			message(FATAL_ERROR
				"module ${name} (floor ${M_FLOOR}) must not depend on ${dep} (floor ${floor}): arrows point down")
		endif()
		target_link_libraries(kb_${name} PUBLIC kb_${dep})
	endforeach()
endfunction()
