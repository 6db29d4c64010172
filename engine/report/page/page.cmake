# SPDX-License-Identifier: Apache-2.0
# The page of report.html is bundled from its sources and assembled into the
# program.  That takes node and npm, and once the network for the packages of
# package-lock.json; without them the engine builds, and says that html is not
# there.  The bundle is made anew only when a source changes.
option(CLAIMSCAN_PAGE "Bundle report.html (needs node and npm)" ON)

set(page_folder ${CMAKE_SOURCE_DIR}/engine/report/page)
set(page_file ${CMAKE_BINARY_DIR}/page.html)
file(GLOB page_sources CONFIGURE_DEPENDS ${page_folder}/src/* ${page_folder}/build.mjs)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page_folder}/package-lock.json)

# npm writes node_modules/.package-lock.json last: it is the stamp.
function(page_packages ready)
	set(stamp ${page_folder}/node_modules/.package-lock.json)
	if(NOT EXISTS ${stamp} OR ${page_folder}/package-lock.json IS_NEWER_THAN ${stamp})
		message(STATUS "Fetching the packages of the page (npm ci)")
		execute_process(
			COMMAND ${NPM} ci --no-audit --no-fund --fetch-retries=1 --fetch-timeout=60000
			WORKING_DIRECTORY ${page_folder}
			RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE words)
		if(failed)
			message(STATUS "They are not to be had, so html is left out: ${words}")
			set(${ready} FALSE PARENT_SCOPE)
			return()
		endif()
		file(TOUCH ${stamp})
	endif()
	set(${ready} TRUE PARENT_SCOPE)
endfunction()

find_program(NODE node)
find_program(NPM npm)
if(CLAIMSCAN_PAGE AND NODE AND NPM)
	page_packages(page_ready)
	if(page_ready)
		add_custom_command(OUTPUT ${page_file}
			COMMAND ${NODE} ${page_folder}/build.mjs ${page_file}
			DEPENDS ${page_sources} ${page_folder}/package-lock.json
			COMMENT "Bundling the page" VERBATIM)
		set_property(SOURCE ${CMAKE_SOURCE_DIR}/engine/report/html_page.c
			APPEND PROPERTY COMPILE_DEFINITIONS PAGE_FILE="${page_file}")
		set_property(SOURCE ${CMAKE_SOURCE_DIR}/engine/report/html_page.c
			APPEND PROPERTY OBJECT_DEPENDS ${page_file})
		target_sources(engine PRIVATE ${page_file})
	endif()
elseif(CLAIMSCAN_PAGE)
	message(STATUS "No node or npm: html is left out")
endif()
