#include "slices/messages/dkim_verify.h"

#include "crypto/hash.h"
#include "slices/messages/dkim.h"
#include "slices/messages/mail_head.h"

#include <algorithm>
#include <charconv>

namespace sallyport::messages {

namespace {

using policy::mail_checks::Signature;

constexpr std::string_view crlf = "\r\n";
constexpr std::string_view field_name = "dkim-signature";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

std::string without_spaces(std::string_view text)
{
    std::string out;
    for (const char c : text)
        if (!is_space(c)) out += c;
    return out;
}

/// RFC 6376 section 3.2. A tag that stands twice makes the whole list invalid.
using Tags = std::map<std::string, std::string_view, std::less<>>;
std::optional<Tags> tags_of(std::string_view list)
{
    Tags tags;
    while (!trimmed(list).empty()) {
        const std::size_t end = std::min(list.find(';'), list.size());
        const std::string_view one = trimmed(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
        const std::size_t equals = one.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        if (!tags.emplace(trimmed(one.substr(0, equals)), trimmed(one.substr(equals + 1))).second)
            return std::nullopt;
    }
    return tags;
}

std::string_view get(const Tags& tags, std::string_view name, std::string_view missing = {})
{
    const auto found = tags.find(name);
    return found == tags.end() ? missing : found->second;
}

std::optional<Instant> seconds_of(std::string_view text)
{
    constexpr std::int64_t seconds_max = 253'402'300'799;  // the year 9999
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > seconds_max)
        return std::nullopt;
    return from_unix_ms(seconds * 1000);
}

/// RFC 6376 section 3.4.3.
std::string simple_body(std::string_view body)
{
    while (body.ends_with("\r\n\r\n")) body.remove_suffix(crlf.size());
    std::string out(body == crlf ? std::string_view() : body);
    if (!out.ends_with(crlf)) out += crlf;
    return out;
}

struct Canonicalization {
    bool relaxed_headers;
    bool relaxed_body;
};
std::optional<Canonicalization> canonicalization_of(std::string_view text)
{
    const auto is = [](std::string_view one) -> std::optional<bool> {
        if (one == "relaxed") return true;
        return one == "simple" ? std::optional(false) : std::nullopt;
    };
    const std::size_t slash = std::min(text.find('/'), text.size());
    const auto headers = is(text.substr(0, slash));
    const auto body = is(slash == text.size() ? std::string_view("simple") : text.substr(slash + 1));
    if (!headers || !body) return std::nullopt;
    return Canonicalization{*headers, *body};
}

/// The signature's own header without the value of b= (section 3.7).
std::string without_value(std::string_view raw)
{
    std::size_t at = raw.find(':');
    while (at < raw.size()) {
        const std::size_t end = std::min(raw.find(';', at + 1), raw.size());
        const std::string_view one = raw.substr(at + 1, end - at - 1);
        const std::size_t equals = one.find('=');
        if (equals != std::string_view::npos && trimmed(one.substr(0, equals)) == "b") {
            const std::string_view kept = raw.substr(0, at + 1 + equals + 1);
            return std::string(kept) + (end == raw.size() ? std::string(crlf) : std::string(raw.substr(end)));
        }
        at = end;
    }
    return std::string(raw);
}

/// Headers in the order of h=, each name from the last up (section 5.4.2), then the signature's own.
std::string signed_headers(const MailHead& mail, const MailHeader& own, std::string_view list, bool relaxed)
{
    std::map<std::string, std::size_t, std::less<>> used;
    std::string out;
    const auto add = [&](std::string_view raw) { out += relaxed ? relaxed_header(raw) : std::string(raw); };
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(':'), list.size());
        const std::string name = lowered(trimmed(list.substr(0, end)));
        list.remove_prefix(std::min(end + 1, list.size()));
        std::size_t left = used[name]++;
        for (auto header = mail.headers.rbegin(); header != mail.headers.rend(); ++header) {
            if (header->name != name || left-- > 0) continue;
            add(header->raw);
            break;
        }
    }
    add(without_value(own.raw));
    out.resize(out.size() - crlf.size());
    return out;
}

bool signs_from(std::string_view list)
{
    return (":" + lowered(without_spaces(list)) + ":").find(":from:") != std::string::npos;
}

Signature state_of(const MailHead& mail, const MailHeader& own, const Tags& tags,
                   const crypto::DkimPublicKey& key)
{
    using enum crypto::DkimPublicKey::Algorithm;
    const std::string_view wanted = key.algorithm() == rsa_sha256 ? "rsa-sha256" : "ed25519-sha256";
    const auto form = canonicalization_of(get(tags, "c", "simple/simple"));
    const auto signature = crypto::dkim_base64(get(tags, "b"));
    const auto body_hash = crypto::dkim_base64(get(tags, "bh"));
    const std::string_view names = get(tags, "h");
    if (get(tags, "v") != "1" || get(tags, "a") != wanted || !form || !signature || !body_hash ||
        tags.contains("l") || !signs_from(names))
        return Signature::broken;
    const std::string head = signed_headers(mail, own, names, form->relaxed_headers);
    if (!key.verify(crypto::sha256(as_bytes(head)), *signature)) return Signature::broken;
    const std::string body = form->relaxed_body ? relaxed_body(mail.body) : simple_body(mail.body);
    const auto hash = crypto::sha256(as_bytes(body));
    return std::ranges::equal(hash, *body_hash) ? Signature::whole : Signature::body_differs;
}

}  // namespace

bool DkimKeys::add(std::string name, std::string_view record)
{
    auto key = crypto::DkimPublicKey::parse(record);
    if (!key) return false;
    m_keys.insert_or_assign(lowered(name), std::move(*key));
    return true;
}

const crypto::DkimPublicKey* DkimKeys::find(std::string_view selector, std::string_view domain) const
{
    const auto found = m_keys.find(lowered(selector) + "._domainkey." + lowered(domain));
    return found == m_keys.end() ? nullptr : &found->second;
}

std::vector<CheckedSignature> check_signatures(std::string_view raw, const DkimKeys& keys)
{
    std::vector<CheckedSignature> checked;
    const MailHead mail = head_of(raw);
    if (mail.has_other_lines) return checked;
    for (const MailHeader& header : mail.headers) {
        if (header.name != field_name) continue;
        if (checked.size() == signatures_max) break;
        CheckedSignature& one = checked.emplace_back();
        one.state = Signature::none;
        const auto tags = tags_of(header.raw.substr(header.raw.find(':') + 1));
        if (!tags) continue;
        const std::string_view selector = get(*tags, "s");
        const std::string_view domain = get(*tags, "d");
        one.name = lowered(selector) + "._domainkey." + lowered(domain);
        one.ends = seconds_of(get(*tags, "x"));
        if (const auto* const key = keys.find(selector, domain))
            one.state = state_of(mail, header, *tags, *key);
    }
    return checked;
}

}  // namespace sallyport::messages
