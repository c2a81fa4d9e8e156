#pragma once
// The languages that the server speaks, and how one is chosen for a person.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::render {

/// en_xa and ar_xb are pseudo-locales made by the build: accented and 40 % longer, and right to left. They
/// show text that is not in the catalogue, cut text and forgotten directions.
enum class Language : std::uint8_t { en, ar, en_xa, ar_xb };
inline constexpr std::size_t language_count = 4;

/// BCP 47: the value of `lang` and of the cookie.
std::string_view tag(Language language) noexcept;
/// "ltr" or "rtl": the value of `dir`.
std::string_view direction(Language language) noexcept;
/// The language of exactly this tag, in any case; nullopt where it is not ours.
std::optional<Language> language_of(std::string_view tag) noexcept;

/// The cookie `lang` where it names a language of ours, else the best of Accept-Language (RFC 9110
/// section 12.5.4, by weight, then order; "ar-EG" is served "ar"), else English. Pseudo-locales are chosen by
/// the cookie only.
Language choose_language(std::optional<std::string_view> cookie, std::string_view accept_language) noexcept;

/// For whom something is written. `zone` is an IANA name ("Europe/Lisbon"); one that ICU does not know counts
/// as UTC.
struct Reader {
    Language language = Language::en;
    std::string zone = "UTC";
};

}  // namespace sallyport::render
