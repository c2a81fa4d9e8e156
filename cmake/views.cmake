# Templates and messages to C++ (tools/tmplc), compiled into room_render. Pages include "views/<name>.h".
set(generated ${CMAKE_BINARY_DIR}/generated)
add_library(tmplc_parts STATIC tools/tmplc/words.cpp tools/tmplc/parse.cpp
    tools/tmplc/html_place.cpp tools/tmplc/expressions.cpp tools/tmplc/writer.cpp tools/tmplc/generate.cpp
    tools/tmplc/flat_json.cpp tools/tmplc/catalogue.cpp)
target_include_directories(tmplc_parts PUBLIC ${CMAKE_SOURCE_DIR}/tools/tmplc)
target_link_libraries(tmplc_parts PUBLIC PkgConfig::ICU PRIVATE warnings)
add_executable(tmplc tools/tmplc/main.cpp)
target_link_libraries(tmplc PRIVATE tmplc_parts warnings)

set(templates ${CMAKE_SOURCE_DIR}/web/templates)
file(GLOB_RECURSE template_files RELATIVE ${templates} CONFIGURE_DEPENDS
    ${templates}/*.html ${templates}/*.txt)
file(GLOB_RECURSE locale_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/locales/*.json)
set(view_files ${template_files})
list(FILTER view_files EXCLUDE REGEX "^parts/|^mail/parts/|layout\\.|\\.txt$")
set(view_sources ${generated}/views/frames.cpp ${generated}/render/messages.cpp)
set(view_headers ${generated}/views/frames.h ${generated}/render/messages.h)
foreach(file IN LISTS view_files)
    get_filename_component(stem ${file} NAME_WE)
    set(folder "")
    if(file MATCHES "^mail/")
        set(folder mail/)
    endif()
    list(APPEND view_sources ${generated}/views/${folder}${stem}.cpp)
    list(APPEND view_headers ${generated}/views/${folder}${stem}.h)
endforeach()
list(TRANSFORM template_files PREPEND ${templates}/)
add_custom_command(OUTPUT ${view_sources} ${view_headers}
    COMMAND tmplc ${templates} ${CMAKE_SOURCE_DIR}/web/locales ${generated}/assets/list.txt ${generated}
        ${view_files}
    DEPENDS tmplc ${template_files} ${locale_files} ${generated}/assets/list.txt
    COMMENT "Templates and messages" VERBATIM)
target_sources(room_render PRIVATE ${view_sources} ${view_headers})
target_include_directories(room_render PUBLIC ${generated})
target_link_libraries(room_render PRIVATE qrcodegencpp)

# The compiler's own tests and fuzz targets.
add_executable(test_tmplc EXCLUDE_FROM_ALL tools/tmplc/tmplc_test.cpp)
target_link_libraries(test_tmplc PRIVATE tmplc_parts warnings gtest gtest_main)
set_target_properties(test_tmplc PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_dependencies(tests test_tmplc)
if(SALLYPORT_SANITIZE STREQUAL "address")
    add_executable(fuzz_tmplc EXCLUDE_FROM_ALL tools/tmplc/tmplc_fuzz.cpp)
    target_link_libraries(fuzz_tmplc PRIVATE tmplc_parts warnings)
    target_link_options(fuzz_tmplc PRIVATE -fsanitize=fuzzer)
    set_target_properties(fuzz_tmplc PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers)
    add_dependencies(fuzzers fuzz_tmplc)
endif()

# `preview FOLDER` writes the pages of web/templates/example, to be looked at (python3 -m http.server).
add_executable(preview EXCLUDE_FROM_ALL tools/tmplc/preview.cpp)
target_link_libraries(preview PRIVATE room_render warnings)
