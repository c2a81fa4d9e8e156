# Styles, scripts and icons: bundled by esbuild, named by content, compressed, and put into the binary.
set(generated ${CMAKE_BINARY_DIR}/generated)
file(GLOB asset_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/styles/*.css
    ${CMAKE_SOURCE_DIR}/web/scripts/*.ts
    ${CMAKE_SOURCE_DIR}/web/scripts/*/*.ts ${CMAKE_SOURCE_DIR}/web/icons/*)
find_program(ESBUILD esbuild REQUIRED)
find_program(BROTLI brotli REQUIRED)
find_program(GZIP gzip REQUIRED)
add_custom_command(OUTPUT ${generated}/assets/list.txt ${generated}/assets/assets.cpp
    COMMAND ${CMAKE_COMMAND} -DWEB=${CMAKE_SOURCE_DIR}/web -DOUT=${generated}/assets -DESBUILD=${ESBUILD}
        -DBROTLI=${BROTLI} -DGZIP=${GZIP} -P ${CMAKE_SOURCE_DIR}/cmake/make_assets.cmake
    DEPENDS ${asset_files} ${CMAKE_SOURCE_DIR}/cmake/make_assets.cmake
    COMMENT "Styles, scripts and icons" VERBATIM)
target_sources(room_render PRIVATE ${generated}/assets/assets.cpp)
set_source_files_properties(${generated}/assets/assets.cpp PROPERTIES COMPILE_OPTIONS
    "-Wno-c23-extensions;-Wno-c++11-narrowing;-Wno-sign-conversion")   # some bytes of #embed count as signed
set_source_files_properties(src/render/assets_test.cpp PROPERTIES COMPILE_DEFINITIONS
    "SALLYPORT_ICONS=\"${CMAKE_SOURCE_DIR}/web/icons\"")
