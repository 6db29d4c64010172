# SPDX-License-Identifier: Apache-2.0
# The starter set is assembled into the engine as it lies in codesets/: a file
# that changes makes starter.c compile anew.  sets.def names the files.
file(GLOB CODESETS_FILES CONFIGURE_DEPENDS
	${CMAKE_SOURCE_DIR}/codesets/*.csv ${CMAKE_SOURCE_DIR}/codesets/sets.def)
foreach(source lookup/starter.c history/edits.c stats/shipped.c)
set_property(SOURCE ${CMAKE_SOURCE_DIR}/engine/${source}
	APPEND PROPERTY COMPILE_DEFINITIONS CODESETS_FOLDER="${CMAKE_SOURCE_DIR}/codesets")
set_property(SOURCE ${CMAKE_SOURCE_DIR}/engine/${source}
	APPEND PROPERTY OBJECT_DEPENDS "${CODESETS_FILES}")
endforeach()
