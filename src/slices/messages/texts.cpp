#include "slices/messages/texts.h"

#include "base/check.h"
#include "base/text.h"
#include "render/messages.h"

#include <algorithm>
#include <array>
#include <optional>

namespace sallyport::messages {

namespace {

using render::Language;
using render::Msg;

constexpr std::size_t septets_max = 160;
constexpr std::size_t utf16_units_max = 70;

struct Text {
    std::string_view text;
    bool has_code;
    Msg subject;  // in lists
    Msg whole, shorter;
    /// Where `whole` and `shorter` hold a stop code: for a number that has none.
    std::optional<Msg> plain{};
    std::optional<Msg> spoken{};  // of a code; the others are spoken as they are written
};
constexpr std::array texts{
    Text{"T1",
         true,
         Msg::messages_t1,
         Msg::texts_sign_in,
         Msg::texts_sign_in_short,
         {},
         Msg::texts_call_sign_in},
    Text{
        "T2", true, Msg::messages_t2, Msg::texts_number, Msg::texts_number_short, {}, Msg::texts_call_number},
    Text{"T3",
         true,
         Msg::messages_t3,
         Msg::texts_step_up,
         Msg::texts_step_up_short,
         {},
         Msg::texts_call_step_up},
    Text{"T4", false, Msg::messages_t4, Msg::texts_moves, Msg::texts_moves_short, Msg::texts_moves_plain},
    Text{"T5", false, Msg::messages_t5, Msg::texts_removed, Msg::texts_removed_short},
    Text{"T6", false, Msg::messages_t6, Msg::texts_moved, Msg::texts_moved_short, Msg::texts_moved_plain},
    Text{"T7", false, Msg::messages_t7, Msg::texts_address, Msg::texts_address_short,
         Msg::texts_address_plain},
    Text{"T8", false, Msg::messages_t8, Msg::texts_address_new, Msg::texts_address_new_short},
    Text{"T9", false, Msg::messages_t9, Msg::texts_passkey_leaves, Msg::texts_passkey_leaves_short,
         Msg::texts_passkey_leaves_plain},
    Text{"T10", false, Msg::messages_t10, Msg::texts_password_leaves, Msg::texts_password_leaves_short,
         Msg::texts_password_leaves_plain},
    Text{"T16", false, Msg::messages_t16, Msg::texts_app_leaves, Msg::texts_app_leaves_short,
         Msg::texts_app_leaves_plain},
    Text{"T11", false, Msg::mails_e50_subject, Msg::texts_locked, Msg::texts_locked_short},
    Text{"T15", false, Msg::messages_t15, Msg::texts_unreachable, Msg::texts_unreachable_short},
    Text{"T12", false, Msg::messages_t12, Msg::texts_signed_in, Msg::texts_signed_in_short},
    Text{"T13", false, Msg::messages_t13, Msg::texts_case, Msg::texts_case_short, Msg::texts_case_plain},
    Text{"T14", false, Msg::messages_t14, Msg::texts_withdrawal, Msg::texts_withdrawal_short},
};

/// Septets of the GSM alphabet; nullopt where the text needs UTF-16. Its letters beyond ASCII are not looked
/// for: a text that has one counts as the dearer kind.
std::optional<std::size_t> septets(const std::string& text)
{
    std::size_t count = 0;
    for (const char c : text) {
        const bool printable = (c >= ' ' && c <= '~' && c != '`') || c == '\n';
        if (!printable) return std::nullopt;
        count += std::string_view("[]{}\\^~|").find(c) != std::string_view::npos ? 2 : 1;
    }
    return count;
}

/// Units of UTF-16: a code point of four bytes in UTF-8 has two.
std::size_t utf16_units(const std::string& text)
{
    const auto pairs =
        std::ranges::count_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0xf0; });
    return count_code_points(text) + static_cast<std::size_t>(pairs);
}

/// What the catalogue puts around a value in a text from right to left: two units each, and many phones show
/// them as boxes.
std::string without_isolates(std::string text)
{
    for (const std::string_view mark : {"\u2068", "\u2069"})
        for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
            text.erase(at, mark.size());
    return text;
}

const std::string* find(const store::OutboxMail& text, std::string_view name)
{
    const auto at = std::ranges::find(text.parameters, name, &std::pair<std::string, std::string>::first);
    return at == text.parameters.end() ? nullptr : &at->second;
}

std::string code_of(const store::OutboxMail& text)
{
    const std::string* const code = find(text, "code");
    CHECK(code != nullptr);
    return *code;
}

/// Where there is room. Never beside a code, which alone is to be typed.
std::string with_number(std::string text, const std::string& number)
{
    const std::string longer = text + " " + number;
    return !number.empty() && is_one_segment(longer) ? longer : text;
}

/// "482130" as a voice reads it slowly.
std::string spelled(std::string_view code)
{
    std::string out;
    for (const char c : code) {
        if (c == '-' || c == ' ') continue;
        if (!out.empty()) out += ", ";
        out += c;
    }
    return out;
}

}  // namespace

bool is_call(const store::OutboxMail& text) { return find(text, "call") != nullptr; }

bool is_one_segment(const std::string& text)
{
    const auto gsm = septets(text);
    return gsm ? *gsm <= septets_max : utf16_units(text) <= utf16_units_max;
}

std::string render_text(const MailBrand& brand, const store::OutboxMail& text, Instant)
{
    const auto kind = std::ranges::find(texts, text.mail, &Text::text);
    CHECK(kind != texts.end());
    const bool call = is_call(text);
    std::string code = kind->has_code ? code_of(text) : std::string();
    if (call) code = spelled(code);
    // No port: a browser compares with the origin's host alone (section 2.2).
    const std::string host = brand.host.substr(0, brand.host.find(':'));
    const Language language = render::language_of(text.language).value_or(Language::en);
    const std::string* const stop = find(text, "stop");
    const std::string* const deed = find(text, "deed");
    const auto said = [&](Msg id) {
        render::Arguments arguments{{"brand", brand.brand}, {"host", host}, {"code", code}};
        if (deed != nullptr) arguments.emplace_back("deed", *deed);
        if (stop != nullptr) arguments.emplace_back("stop", call ? spelled(*stop) : *stop);
        return without_isolates(render::text(language, id, arguments));
    };
    const bool is_plain = kind->plain && stop == nullptr;
    if (call) {
        const std::string what = said(is_plain ? *kind->plain : kind->spoken.value_or(kind->whole));
        return without_isolates(
            render::text(language, Msg::texts_call, {{"brand", brand.brand}, {"what", what}}));
    }
    if (is_plain) return with_number(said(*kind->plain), text.number);
    const std::string last_line = kind->has_code ? "\n\n@" + host + " #" + code : std::string();
    for (const Msg id : {kind->whole, kind->shorter}) {
        std::string out = said(id) + last_line;
        if (is_one_segment(out)) return kind->has_code ? out : with_number(std::move(out), text.number);
    }
    return said(kind->shorter);
}

std::optional<Msg> text_subject_of(std::string_view text)
{
    const auto kind = std::ranges::find(texts, text, &Text::text);
    return kind == texts.end() ? std::nullopt : std::optional(kind->subject);
}

}  // namespace sallyport::messages
