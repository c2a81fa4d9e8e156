# room(NAME DEPENDS rooms… LIBRARIES targets…) makes, from src/NAME:
#   room_NAME            a library of every .cpp that is not a test or a fuzz target
#   test_NAME            one GoogleTest program of every *_test.cpp       (target `tests` builds them all)
#   fuzz_FILE            one libFuzzer program for each FILE_fuzz.cpp (only with SALLYPORT_SANITIZE=address)
add_custom_target(tests)
add_custom_target(fuzzers)

# The standard headers, precompiled once for each build folder. CMake's own way puts absolute paths into every
# command, so that no two folders could share a ccache entry. The precompiled file itself holds such paths:
# ccache does not keep it, and knows it by the .sum beside it, which is the hash of what the headers say.
set(precompiled CMakeFiles/precompiled.dir/cmake/precompiled.h.o)
add_library(precompiled OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
set_source_files_properties(${CMAKE_SOURCE_DIR}/cmake/precompiled.h PROPERTIES LANGUAGE CXX)
target_compile_options(precompiled PRIVATE -xc++-header)
set_target_properties(precompiled PROPERTIES CXX_COMPILER_LAUNCHER "")
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/${precompiled}.sum
    COMMAND ${CMAKE_CXX_COMPILER} -std=c++23 -E -P -xc++-header ${CMAKE_SOURCE_DIR}/cmake/precompiled.h
        | sha256sum > ${precompiled}.sum
    DEPENDS ${CMAKE_SOURCE_DIR}/cmake/precompiled.h ${CMAKE_BINARY_DIR}/${precompiled} VERBATIM)

function(use_precompiled target)
    target_compile_options(${target} PRIVATE "SHELL:-include-pch ${precompiled}")
    get_target_property(sources ${target} SOURCES)
    set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS ${CMAKE_BINARY_DIR}/${precompiled}.sum)
endfunction()

# Only FILE (from the top folder) is compiled with the absolute path, and so again in every folder.
function(knows_source_folder file)
    set_property(SOURCE ${CMAKE_SOURCE_DIR}/${file} APPEND PROPERTY
        COMPILE_DEFINITIONS SALLYPORT_SOURCE_FOLDER="${CMAKE_SOURCE_DIR}")
endfunction()

function(room name)
    cmake_parse_arguments(R "" "" "DEPENDS;LIBRARIES" ${ARGN})
    string(REPLACE "/" "_" target ${name})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
    set(tests ${sources})
    set(fuzzers ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
    list(TRANSFORM R_DEPENDS PREPEND room_)
    if(sources)
        add_library(room_${target} STATIC ${sources})
        set(scope PUBLIC)
        target_link_libraries(room_${target} PRIVATE warnings)
        use_precompiled(room_${target})
    else()
        add_library(room_${target} INTERFACE)
        set(scope INTERFACE)
    endif()
    target_include_directories(room_${target} ${scope} ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(room_${target} ${scope} ${R_DEPENDS} ${R_LIBRARIES})
    if(tests)
        add_executable(test_${target} EXCLUDE_FROM_ALL ${tests})
        target_link_libraries(test_${target} PRIVATE room_${target} warnings gtest gtest_main)
        target_include_directories(test_${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
        if(name STREQUAL "db" OR "room_db" IN_LIST R_DEPENDS)
            target_link_libraries(test_${target} PRIVATE db_test_support)
        endif()
        use_precompiled(test_${target})
        set_target_properties(test_${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
        add_dependencies(tests test_${target})
    endif()
    if(SALLYPORT_SANITIZE STREQUAL "address")
        foreach(source IN LISTS fuzzers)
            get_filename_component(file ${source} NAME_WE)
            string(REGEX REPLACE "_fuzz$" "" file ${file})
            add_executable(fuzz_${file} EXCLUDE_FROM_ALL ${source})
            target_link_libraries(fuzz_${file} PRIVATE room_${target} warnings)
            target_link_options(fuzz_${file} PRIVATE -fsanitize=fuzzer)
            set_target_properties(fuzz_${file} PROPERTIES
                RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers)
            add_dependencies(fuzzers fuzz_${file})
        endforeach()
    endif()
endfunction()
