# SPDX-License-Identifier: GPL-2.0-or-later
# kb_module(NAME FLOOR n SOURCES … [ROOMS folders…] [DEPENDS modules…] [LIBRARIES targets…] [PRIVATE_LIBRARIES targets…])
#
# A module is the static library kb_NAME with its own include root NAME/include; its public headers are everything
# below NAME/include/kboot/NAME. An arrow only ever points down: a dependency on the same or a higher floor is refused
# here, and a header of a module that is not among DEPENDS is not found by the compiler.
#
# ROOMS are the folders of a module, lowest first ("." for its own files, which are highest when it is not named): a file
# includes headers of its own room and of lower ones only, else the build fails (rooms.cmake).
function(kb_rooms name)
	file(GLOB files CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.[ch] */*.[ch])
	foreach(file IN LISTS files)
		get_filename_component(room ${file} DIRECTORY)
		if(room AND NOT room IN_LIST ARGN)
			message(FATAL_ERROR "module ${name}: ${file} is in no room of ${ARGN}")
		endif()
	endforeach()
	list(TRANSFORM files PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
	set(check ${PROJECT_SOURCE_DIR}/cmake/rooms.cmake)
	set(stamp ${CMAKE_CURRENT_BINARY_DIR}/rooms.stamp)
	string(REPLACE ";" "|" rooms "${ARGN}")
	add_custom_command(OUTPUT ${stamp} DEPENDS ${files} ${check} VERBATIM
		COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_CURRENT_SOURCE_DIR} -DROOMS=${rooms} -DSTAMP=${stamp} -P ${check})
	add_custom_target(rooms_${name} DEPENDS ${stamp})
	add_dependencies(kb_${name} rooms_${name})
endfunction()

function(kb_module name)
	cmake_parse_arguments(M "" "FLOOR" "SOURCES;ROOMS;DEPENDS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
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
	if(M_ROOMS)
		kb_rooms(${name} ${M_ROOMS})
	endif()
	foreach(dep IN LISTS M_DEPENDS)
		get_target_property(floor kb_${dep} KB_FLOOR)
		if(NOT floor LESS M_FLOOR)
			message(FATAL_ERROR
				"module ${name} (floor ${M_FLOOR}) must not depend on ${dep} (floor ${floor}): arrows point down")
		endif()
		target_link_libraries(kb_${name} PUBLIC kb_${dep})
	endforeach()
endfunction()
