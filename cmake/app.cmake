# app/: the program, and beside it sallyport-test, which differs in its clock only.
find_package(tomlplusplus REQUIRED)
file(GLOB app_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/app/*.cpp)
list(FILTER app_sources EXCLUDE REGEX "_test\\.cpp$|/main\\.cpp$|/clock_.*\\.cpp$")
add_library(room_app STATIC ${app_sources})
target_include_directories(room_app PUBLIC ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(room_app PRIVATE warnings PUBLIC room_base room_crypto room_policy room_db room_store
    room_ports room_proof room_render room_http room_access room_adapters tomlplusplus::tomlplusplus)
foreach(slice IN LISTS slices)
    string(REPLACE "/" "_" target slices/${slice})
    target_link_libraries(room_app PUBLIC room_${target})
endforeach()
target_compile_definitions(room_app PRIVATE SALLYPORT_VERSION="${PROJECT_VERSION}")

foreach(program sallyport sallyport-test)
    add_executable(${program} ${CMAKE_SOURCE_DIR}/src/app/main.cpp)
    target_link_libraries(${program} PRIVATE warnings room_app)
endforeach()
target_sources(sallyport PRIVATE ${CMAKE_SOURCE_DIR}/src/app/clock_real.cpp)
target_sources(sallyport-test PRIVATE ${CMAKE_SOURCE_DIR}/src/app/clock_movable.cpp)
add_dependencies(tests sallyport-test)

file(GLOB app_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/app/*_test.cpp)
add_executable(test_app EXCLUDE_FROM_ALL ${app_tests} ${CMAKE_SOURCE_DIR}/src/app/clock_movable.cpp)
target_link_libraries(test_app PRIVATE room_app world_test_support warnings gtest gtest_main)
# The page of the configuration's keys is compared with what the server reads.
knows_source_folder(src/app/config_test.cpp)
set_target_properties(test_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_dependencies(tests test_app)
