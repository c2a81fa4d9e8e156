# The programs of the benchmark that look inside (bench/programs): built only by bench/run.
add_custom_target(bench_programs)

# bench_program(NAME rooms…) makes build/…/bench/NAME from bench/programs/NAME.cpp.
function(bench_program name)
    list(TRANSFORM ARGN PREPEND room_ OUTPUT_VARIABLE rooms)
    add_executable(bench_${name} EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/programs/${name}.cpp)
    target_link_libraries(bench_${name} PRIVATE ${rooms} warnings)
    use_precompiled(bench_${name})
    set_target_properties(bench_${name} PROPERTIES OUTPUT_NAME ${name}
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
    add_dependencies(bench_programs bench_${name})
endfunction()

bench_program(commits db)
bench_program(hashes crypto adapters)
bench_program(http_room http)
bench_program(pages render)
bench_program(seed store adapters)
bench_program(webauthn crypto)
bench_program(passkey_sign_in slices_sign_in)
target_link_libraries(bench_passkey_sign_in PRIVATE world_test_support)
bench_program(mail_queue slices_messages adapters)
foreach(name passkey_sign_in mail_queue)
    target_include_directories(bench_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
endforeach()

# The limit: a bare epoll loop.
file(GLOB floor CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/http_floor/*.cpp)
if(floor AND NOT TARGET http_floor)
    add_executable(http_floor EXCLUDE_FROM_ALL ${floor})
    target_link_libraries(http_floor PRIVATE warnings Threads::Threads)
    set_target_properties(http_floor PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
endif()
if(TARGET http_floor)
    add_dependencies(bench_programs http_floor)
endif()
