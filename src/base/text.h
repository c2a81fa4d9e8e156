#pragma once
// Text at the edge: valid UTF-8, normal forms, and what people type into a code field.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

/// Well-formed UTF-8 (Unicode 15, table 3-7) without NUL.
bool is_valid_text(std::string_view text) noexcept;
/// Normalization form C; nullopt where the text is not valid (is_valid_text).
std::optional<std::string> to_nfc(std::string_view text);
/// NFKC with case folding (Unicode 15, section 3.13): for comparing what people see, never for display.
std::optional<std::string> to_folded(std::string_view text);
/// Code points in valid UTF-8.
std::size_t count_code_points(std::string_view text) noexcept;

/// The digits of a typed code: any script's decimal digits (full-width, Arabic-Indic, …) become ASCII;
/// spaces, dashes, dots and direction marks are dropped. nullopt where anything else stands in it, or it is
/// longer than 128 bytes.
std::optional<std::string> typed_digits(std::string_view typed);
/// As typed_digits, but keeps ASCII letters, upper-cased (recovery codes).
std::optional<std::string> typed_letters_and_digits(std::string_view typed);

/// ASCII white space and Unicode spaces off both ends.
std::string_view trim(std::string_view text) noexcept;

}  // namespace sallyport
