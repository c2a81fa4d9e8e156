# The published WebAuthn responses for the tests of crypto, and the program by which
# tests/support/webauthn_compare.mjs asks for our verdict on them.
add_library(webauthn_samples STATIC EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/support/webauthn_samples.cpp)
target_include_directories(webauthn_samples PUBLIC ${CMAKE_SOURCE_DIR}/tests)
target_link_libraries(webauthn_samples PUBLIC room_crypto PRIVATE warnings Boost::json)
knows_source_folder(tests/support/webauthn_samples.cpp)
use_precompiled(webauthn_samples)

add_executable(webauthn_verdicts EXCLUDE_FROM_ALL
    ${CMAKE_SOURCE_DIR}/tests/support/webauthn_verdicts/main.cpp)
target_link_libraries(webauthn_verdicts PRIVATE webauthn_samples Boost::json warnings)
use_precompiled(webauthn_verdicts)
set_target_properties(webauthn_verdicts PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_dependencies(tests webauthn_verdicts)
