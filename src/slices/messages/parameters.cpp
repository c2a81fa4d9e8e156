#include "slices/messages/parameters.h"

#include "base/check.h"
#include "base/text.h"
#include "render/browser_name.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sallyport::messages {

namespace {

constexpr std::size_t code_characters_max = 32;
constexpr std::size_t address_characters_max = 45;  // of an IPv6 address with an IPv4 one in it
constexpr std::size_t name_bytes_max = 512;

enum class Vocabulary : std::uint8_t {
    digits,   // a count, or Unix milliseconds
    code,     // letters, digits, dashes
    words,    // the person's own, which only their mail has (policy/words.h)
    browser,  // one of those that we know
    address,  // of a network
    name,     // as the owner, or the exchange, named something
};
struct Parameter {
    std::string_view name;
    Vocabulary vocabulary;
};
constexpr std::array parameters{
    Parameter{"at", Vocabulary::digits},          Parameter{"until", Vocabulary::digits},
    Parameter{"since", Vocabulary::digits},       Parameter{"words_changed_at", Vocabulary::digits},
    Parameter{"left", Vocabulary::digits},        Parameter{"count", Vocabulary::digits},
    Parameter{"times", Vocabulary::digits},       Parameter{"code", Vocabulary::code},
    Parameter{"stop", Vocabulary::code},          Parameter{"lock_code", Vocabulary::code},
    Parameter{"case", Vocabulary::code},          Parameter{"words", Vocabulary::words},
    Parameter{"words_before", Vocabulary::words}, Parameter{"browser", Vocabulary::browser},
    Parameter{"address", Vocabulary::address},    Parameter{"name", Vocabulary::name},
    Parameter{"deed", Vocabulary::name},          Parameter{"fact_label", Vocabulary::name},
    Parameter{"fact_value", Vocabulary::name},
};

bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_code(const std::string& text)
{
    return !text.empty() && text.size() <= code_characters_max &&
           std::ranges::all_of(text, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_network_address(const std::string& text)
{
    constexpr std::string_view characters = "0123456789abcdefABCDEF.:";
    return text.size() <= address_characters_max && text.find_first_not_of(characters) == std::string::npos;
}

/// Control characters, and those that turn the direction of what follows, join or hide letters.
bool is_sly(std::string_view character)
{
    if (character.size() == 1)
        return static_cast<unsigned char>(character.front()) < 0x20 || character == "\x7f";
    if (character.size() == 2) return character == "\u061c" || character < "\u00a0" || character == "\u00ad";
    return (character >= "\u200b" && character <= "\u200f") ||
           (character >= "\u2028" && character <= "\u202e") ||
           (character >= "\u2060" && character <= "\u206f") || character == "\ufeff";
}

std::string tidy_name(const std::string& text)
{
    if (!is_valid_text(text)) return {};
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) ++end;
        const std::string_view character(text.data() + at, end - at);
        if (out.size() + character.size() > name_bytes_max) break;
        if (is_sly(character))
            out += ' ';
        else
            out += character;
        at = end;
    }
    return out;
}

std::string said(Vocabulary vocabulary, const std::string& value)
{
    switch (vocabulary) {
    case Vocabulary::digits: CHECK(number(value) >= 0); return value;
    case Vocabulary::code: CHECK(is_code(value)); return value;
    case Vocabulary::words: return value;
    case Vocabulary::browser: return render::is_browser_name(value) ? value : "?";
    case Vocabulary::address: return is_network_address(value) ? value : "?";
    case Vocabulary::name: return tidy_name(value);
    }
    return {};
}

/// Nothing of these is a stranger's to choose.
bool is_our_own(Vocabulary vocabulary)
{
    return vocabulary == Vocabulary::digits || vocabulary == Vocabulary::code ||
           vocabulary == Vocabulary::words;
}

}  // namespace

store::OutboxMail judged(const store::OutboxMail& mail, Facts facts)
{
    store::OutboxMail out = mail;
    out.parameters.clear();
    for (const auto& [name, value] : mail.parameters) {
        const auto* const known = std::ranges::find(parameters, name, &Parameter::name);
        if (known == parameters.end()) continue;  // no mail has a place for it
        if (facts == Facts::closed && !is_our_own(known->vocabulary)) continue;
        out.parameters.emplace_back(name, said(known->vocabulary, value));
    }
    return out;
}

const std::string* find(const store::OutboxMail& mail, std::string_view name)
{
    const auto at = std::ranges::find(mail.parameters, name, &std::pair<std::string, std::string>::first);
    return at == mail.parameters.end() ? nullptr : &at->second;
}

const std::string& need(const store::OutboxMail& mail, std::string_view name)
{
    const std::string* const value = find(mail, name);
    CHECK(value != nullptr);
    return *value;
}

std::int64_t number(const std::string& text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    CHECK(error == std::errc() && end == text.data() + text.size());
    return value;
}

std::optional<Instant> moment(const store::OutboxMail& mail, std::string_view name)
{
    const std::string* const value = find(mail, name);
    return value == nullptr ? std::nullopt : std::optional(from_unix_ms(number(*value)));
}

}  // namespace sallyport::messages
