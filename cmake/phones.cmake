# The rules of phone numbers, compiled into room `base` (tools/phones/run makes them).
set(phone_rules_file ${CMAKE_SOURCE_DIR}/resources/phone-numbers/rules.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${phone_rules_file})
# The digest stands on the command line, because ccache does not see through #embed.
file(SHA256 ${phone_rules_file} phone_rules_digest)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/phone_rules.cpp @ONLY CONTENT
"// Made by cmake/phones.cmake.
#include \"base/phone_rules.h\"

namespace sallyport {

namespace {
constexpr char file[] = {
#embed \"rules.txt\"
};
}  // namespace

std::string_view phone_rules() noexcept { return {file, sizeof file}; }

}  // namespace sallyport
")
target_sources(room_base PRIVATE ${CMAKE_BINARY_DIR}/generated/phone_rules.cpp)
set_source_files_properties(${CMAKE_BINARY_DIR}/generated/phone_rules.cpp PROPERTIES
    COMPILE_OPTIONS "-Wno-c23-extensions;--embed-dir=${CMAKE_SOURCE_DIR}/resources/phone-numbers"
    COMPILE_DEFINITIONS PHONE_RULES_DIGEST=${phone_rules_digest} OBJECT_DEPENDS ${phone_rules_file})

# The test reads the committed examples and verdicts.
knows_source_folder(src/base/phone_number_test.cpp)
