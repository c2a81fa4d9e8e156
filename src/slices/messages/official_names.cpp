#include "slices/messages/official_names.h"

#include "base/email.h"
#include "base/look_alike.h"
#include "base/phone_number.h"
#include "base/text.h"
#include "slices/messages/host_name.h"

#include <algorithm>
#include <array>

namespace sallyport::messages {

namespace {

constexpr std::size_t letters_apart_max = 2;
constexpr std::size_t short_name = 6;  // below, one letter makes another name

bool is_host_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

/// "@exchange on x.example" and "Exchange, com.example.exchange" are known by their first part, too.
std::vector<std::string> parts_of(std::string_view entry)
{
    std::vector<std::string> parts{lower(entry)};
    for (const std::string_view mark : {" on ", ", "}) {
        const std::size_t at = entry.find(mark);
        if (at == std::string_view::npos) continue;
        parts.push_back(lower(entry.substr(0, at)));
        if (mark == ", ") parts.push_back(lower(entry.substr(at + mark.size())));
    }
    return parts;
}

std::optional<std::string> phone_of(std::string_view typed)
{
    std::string text(typed);
    if (text.starts_with("00")) text.replace(0, 2, "+");
    const auto number = PhoneNumber::parse(text, {});
    return number ? std::optional(number->e164()) : std::nullopt;
}

template <class Is>
void keep(const std::vector<std::string>& list, std::vector<std::string>& found, Is is)
{
    for (const std::string& entry : list)
        if (is(entry) && std::ranges::find(found, entry) == found.end()) found.push_back(entry);
}

std::vector<std::string> ours(const OfficialNames& names, std::string_view trimmed)
{
    std::vector<std::string> found;
    const std::string name = lower(trimmed);
    const std::string host = web_host(name);
    if (std::ranges::all_of(host, is_host_letter))
        keep(names.domains, found, [&](const std::string& entry) { return lower(entry) == host; });
    if (const auto address = Email::parse(trimmed))
        keep(names.senders, found, [&](const std::string& entry) {
            const auto sender = Email::parse(entry);
            return sender && *sender == *address;
        });
    if (const auto number = phone_of(trimmed))
        keep(names.phones, found, [&](const std::string& entry) { return phone_of(entry) == number; });
    keep(names.text_senders, found, [&](const std::string& entry) { return lower(entry) == name; });
    for (const auto* const list : {&names.handles, &names.apps})
        keep(*list, found, [&](const std::string& entry) {
            const auto parts = parts_of(entry);
            const auto is = [&](const std::string& part) { return part == name || part == "@" + name; };
            return std::ranges::any_of(parts, is);
        });
    return found;
}

struct Resemblance {
    std::size_t apart;
    std::string entry;
};

/// What people would take it for. Our host inside another's ("exchange.example.evil.example") counts as one
/// step away.
std::optional<Resemblance> closest_of(const OfficialNames& names, std::string_view trimmed)
{
    const std::string lowered = lower(trimmed);
    // A capital I is small to whoever types, and an l to whoever reads.
    std::string read(trimmed);
    std::ranges::replace(read, 'I', 'l');
    const std::array keys{look_alike_key(lowered), look_alike_key(web_host(lowered)), look_alike_key(read)};
    std::optional<Resemblance> best;
    const auto consider = [&](const std::string& entry, const std::string& part) {
        const std::string key = look_alike_key(part);
        if (key.empty()) return;
        for (const std::string& mine : keys) {
            if (mine.empty()) continue;
            const std::size_t most = key.size() < short_name ? 1 : letters_apart_max;
            std::size_t apart = letters_apart(mine, key, most);
            if (apart > 1 && key.size() >= short_name && mine.find(key) != std::string::npos) apart = 1;
            if (apart <= most && (!best || apart < best->apart)) best = Resemblance{apart, entry};
        }
    };
    for (const auto* const list :
         {&names.domains, &names.senders, &names.text_senders, &names.handles, &names.apps})
        for (const std::string& entry : *list)
            for (const std::string& part : parts_of(entry)) consider(entry, part);
    return best;
}

}  // namespace

std::optional<NameAnswer> look_up(const OfficialNames& names, std::string_view typed)
{
    if (typed.size() > typed_name_bytes_max || !is_valid_text(typed)) return std::nullopt;
    const std::string_view trimmed = trim(typed);
    if (trimmed.empty()) return std::nullopt;
    NameAnswer answer;
    answer.hidden = has_hidden_characters(trimmed);
    if (!answer.hidden) answer.ours = ours(names, trimmed);
    if (!answer.ours.empty()) return answer;
    if (auto closest = closest_of(names, trimmed)) {
        answer.looks_the_same = closest->apart == 0;
        answer.closest = std::move(closest->entry);
    }
    return answer;
}

}  // namespace sallyport::messages
