# docs/openapi.yaml, compiled into room `site`.
set(openapi_file ${CMAKE_SOURCE_DIR}/docs/openapi.yaml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${openapi_file})
# The digest stands in the source, because ccache does not see through #embed, and passes over what only the
# command line defines.
file(SHA256 ${openapi_file} openapi_digest)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/openapi_file.cpp @ONLY CONTENT
"// Made by cmake/openapi.cmake.
#include \"slices/site/openapi.h\"

namespace sallyport::site {

namespace {
[[maybe_unused]] constexpr char digest[] = \"@openapi_digest@\";
constexpr unsigned char text[] = {
#embed \"openapi.yaml\"
};
}  // namespace

std::string_view openapi_text() noexcept { return {reinterpret_cast<const char*>(text), sizeof text}; }

}  // namespace sallyport::site
")
target_sources(room_slices_site PRIVATE ${CMAKE_BINARY_DIR}/generated/openapi_file.cpp)
set(openapi_options -Wno-c23-extensions -Wno-c++11-narrowing -Wno-sign-conversion
    --embed-dir=${CMAKE_SOURCE_DIR}/docs)
set_source_files_properties(${CMAKE_BINARY_DIR}/generated/openapi_file.cpp PROPERTIES
    COMPILE_OPTIONS "${openapi_options}"
    OBJECT_DEPENDS ${openapi_file})
