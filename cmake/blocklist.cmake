# The password blocklist, compiled into room `proof`, and the tool that makes it (tools/blocklist/run).
set(blocklist_file ${CMAKE_SOURCE_DIR}/resources/password-blocklist/blocklist.bin)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${blocklist_file})
# The digest stands on the command line, because ccache does not see through #embed.
file(SHA256 ${blocklist_file} blocklist_digest)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/blocklist_file.cpp @ONLY CONTENT
"// Made by cmake/blocklist.cmake.
#include \"base/bytes.h\"

namespace sallyport::proof {

namespace {
alignas(64) constexpr unsigned char file[] = {
#embed \"blocklist.bin\"
};
}  // namespace

BytesView embedded_blocklist_file() noexcept;
BytesView embedded_blocklist_file() noexcept { return file; }

}  // namespace sallyport::proof
")
target_sources(room_proof PRIVATE ${CMAKE_BINARY_DIR}/generated/blocklist_file.cpp)
set_source_files_properties(${CMAKE_BINARY_DIR}/generated/blocklist_file.cpp PROPERTIES
    COMPILE_OPTIONS "-Wno-c23-extensions;--embed-dir=${CMAKE_SOURCE_DIR}/resources/password-blocklist"
    COMPILE_DEFINITIONS BLOCKLIST_DIGEST=${blocklist_digest} OBJECT_DEPENDS ${blocklist_file})

add_executable(blocklist_tool EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tools/blocklist/blocklist_tool.cpp)
target_link_libraries(blocklist_tool PRIVATE room_proof warnings)
use_precompiled(blocklist_tool)

# The test reads the committed sample of rows.
knows_source_folder(src/proof/blocklist_test.cpp)
