#include "base/text.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include <vector>

namespace sallyport {

namespace {

std::optional<std::string> normalize(std::string_view text, const UNormalizer2* normalizer)
{
    UErrorCode status = U_ZERO_ERROR;
    std::vector<UChar> wide(text.size() + 1);
    std::int32_t wide_length = 0;
    u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &wide_length, text.data(),
                  static_cast<std::int32_t>(text.size()), &status);
    if (U_FAILURE(status) != 0) return std::nullopt;
    // The longest growth of one UTF-16 unit under NFKC with case folding is 18 (Unicode Standard Annex 15).
    std::vector<UChar> normal(static_cast<std::size_t>(wide_length) * 18 + 1);
    const std::int32_t normal_length = unorm2_normalize(normalizer, wide.data(), wide_length, normal.data(),
                                                        static_cast<std::int32_t>(normal.size()), &status);
    if (U_FAILURE(status) != 0) return std::nullopt;
    std::string out(static_cast<std::size_t>(normal_length) * 3 + 1, '\0');
    std::int32_t out_length = 0;
    u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &out_length, normal.data(), normal_length,
                &status);
    if (U_FAILURE(status) != 0) return std::nullopt;
    out.resize(static_cast<std::size_t>(out_length));
    return out;
}

constexpr std::size_t typed_code_bytes_max = 128;  // 27 digits of 3 bytes and their separators

bool is_separator(UChar32 c)
{
    const auto type = u_charType(c);
    return type == U_SPACE_SEPARATOR || type == U_DASH_PUNCTUATION || type == U_FORMAT_CHAR ||
           u_isUWhiteSpace(c) != 0 || c == '.' || c == 0x00b7 || c == 0x2212;  // middle dot, minus sign
}

std::optional<std::string> typed(std::string_view text, bool letters)
{
    if (text.size() > typed_code_bytes_max || !is_valid_text(text)) return std::nullopt;
    std::string out;
    const auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < length;) {
        UChar32 c = 0;
        U8_NEXT(text.data(), i, length, c);
        if (const std::int32_t digit = u_charDigitValue(c); digit >= 0 && u_isdigit(c) != 0) {
            out += static_cast<char>('0' + digit);
        } else if (letters && c >= 0xff21 && c <= 0xff3a) {
            out += static_cast<char>('A' + (c - 0xff21));
        } else if (letters && c >= 0xff41 && c <= 0xff5a) {
            out += static_cast<char>('A' + (c - 0xff41));
        } else if (letters && c < 0x80 && u_isalpha(c) != 0) {
            out += static_cast<char>(u_toupper(c));
        } else if (!is_separator(c)) {
            return std::nullopt;
        }
    }
    return out;
}

}  // namespace

bool is_valid_text(std::string_view text) noexcept
{
    const auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < length;) {
        UChar32 c = 0;
        U8_NEXT(text.data(), i, length, c);
        if (c <= 0) return false;
    }
    return true;
}

std::optional<std::string> to_nfc(std::string_view text)
{
    if (!is_valid_text(text)) return std::nullopt;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* const nfc = unorm2_getNFCInstance(&status);
    return U_FAILURE(status) != 0 ? std::nullopt : normalize(text, nfc);
}

std::optional<std::string> to_folded(std::string_view text)
{
    if (!is_valid_text(text)) return std::nullopt;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* const folding = unorm2_getNFKCCasefoldInstance(&status);
    return U_FAILURE(status) != 0 ? std::nullopt : normalize(text, folding);
}

std::size_t count_code_points(std::string_view text) noexcept
{
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1U : 0U;
    return count;
}

std::optional<std::string> typed_digits(std::string_view text) { return typed(text, false); }
std::optional<std::string> typed_letters_and_digits(std::string_view text) { return typed(text, true); }

std::string_view trim(std::string_view text) noexcept
{
    const auto space_at = [](std::string_view s, std::int32_t& i) {
        UChar32 c = 0;
        U8_NEXT(s.data(), i, static_cast<std::int32_t>(s.size()), c);
        return c >= 0 && u_isUWhiteSpace(c) != 0;
    };
    while (!text.empty()) {
        std::int32_t i = 0;
        if (!space_at(text, i)) break;
        text.remove_prefix(static_cast<std::size_t>(i));
    }
    while (!text.empty()) {
        std::size_t start = text.size() - 1;
        while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xc0U) == 0x80U) --start;
        std::int32_t i = 0;
        if (!space_at(text.substr(start), i) || static_cast<std::size_t>(i) != text.size() - start) break;
        text = text.substr(0, start);
    }
    return text;
}

}  // namespace sallyport
