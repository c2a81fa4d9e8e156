# The compiler, its warnings and its hardening. Sanitizers: -DSALLYPORT_SANITIZE=address|thread.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    message(FATAL_ERROR "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines without a warning: "
        "`if (co_await allowed(x))` takes the wrong branch. Use clang++-19 (./run and ./test do).")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

set(SALLYPORT_SANITIZE "" CACHE STRING "address (with undefined and the fuzzers), thread, or empty")

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
        CCACHE_NOHASHDIR=1 CCACHE_PCH_EXTSUM=1
        CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_library(warnings INTERFACE)
target_compile_options(warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wold-style-cast -Wthread-safety -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Werror)

# No path of the machine in the binary: log lines and checks name files from src/ on.
# (ccache hands the compiler paths that begin at the build folder, hence the second map.)
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=../../=
    "SHELL:-Xclang -fno-pch-timestamp")
add_compile_options(-fPIE -fstack-protector-strong -fcf-protection -ftrivial-auto-var-init=zero)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_link_options(-fuse-ld=lld-19 -Wl,-z,relro,-z,now -pie)

if(SALLYPORT_SANITIZE STREQUAL "address")
    # What the fuzzers ask of the code is in this build too: one build for both is half the time of two.
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
    set(CMAKE_CXX_FLAGS_RELEASE "-O1 -g1")
elseif(SALLYPORT_SANITIZE STREQUAL "thread")
    add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
    add_link_options(-fsanitize=thread)
    set(CMAKE_CXX_FLAGS_RELEASE "-O1 -g1")
else()
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
