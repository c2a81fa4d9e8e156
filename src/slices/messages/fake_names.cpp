#include "slices/messages/fake_names.h"

#include "base/look_alike.h"
#include "base/phone_number.h"
#include "base/text.h"
#include "slices/messages/gmime_reading.h"
#include "slices/messages/host_name.h"
#include "slices/messages/mail_head.h"

#include <algorithm>
#include <array>

namespace sallyport::messages {

namespace {

using store::FakeName;
using store::FakeNameKind;

constexpr std::string_view apart = "\"'<>()[]{}|,;`*";  // what no host has, and texts put around one
constexpr std::string_view at_end = ".:!?/";

bool is_apart(char c)
{
    return static_cast<unsigned char>(c) <= ' ' || apart.find(c) != std::string_view::npos;
}

/// As it was before somebody made it harmless.
std::string with_dots(std::string_view text)
{
    std::string out(text);
    for (const std::string_view dot : {"[.]", "(.)", "{.}", "[dot]"})
        for (std::size_t at = out.find(dot); at != std::string::npos; at = out.find(dot, at))
            out.replace(at, dot.size(), ".");
    return out;
}

std::string_view without_end(std::string_view word)
{
    while (!word.empty() && at_end.find(word.back()) != std::string_view::npos) word.remove_suffix(1);
    return word;
}

std::string_view value_of(const MailHeader& header) { return header.raw.substr(header.raw.find(':') + 1); }

/// The value of an attribute whose name ends at `at`; empty where none follows.
std::string_view attribute_at(std::string_view html, std::size_t at)
{
    const auto skip = [&] {
        while (at < html.size() && static_cast<unsigned char>(html[at]) <= ' ') ++at;
    };
    skip();
    if (at >= html.size() || html[at] != '=') return {};
    ++at;
    skip();
    if (at >= html.size()) return {};
    const char quote = html[at];
    if (quote == '"' || quote == '\'') {
        const std::size_t end = std::min(html.find(quote, at + 1), html.size());
        return html.substr(at + 1, end - at - 1);
    }
    return html.substr(at, std::min(html.find_first_of(" >", at), html.size()) - at);
}

}  // namespace

void FakeNames::add(FakeName name, std::size_t most)
{
    const auto same_kind = std::ranges::count(m_names, name.kind, &FakeName::kind);
    if (static_cast<std::size_t>(same_kind) >= most || std::ranges::find(m_names, name) != m_names.end())
        return;
    m_names.push_back(std::move(name));
}

void FakeNames::add_host(std::string_view host, bool sure)
{
    auto name = host_name(host);
    if (!name || (!sure && !is_registrable(*name))) return;
    std::string cluster = registered_name(*name);
    add({FakeNameKind::host, std::move(*name), std::move(cluster)}, fake_hosts_max);
}

void FakeNames::add_sender(std::string sender)
{
    if (sender.empty() || sender.size() > sender_bytes_max) return;
    add({FakeNameKind::sender, sender, sender}, fake_senders_max);
}

void FakeNames::read_word(std::string_view word)
{
    constexpr std::string_view scheme_end = "://";
    const std::size_t scheme = word.find(scheme_end);
    if (scheme != std::string_view::npos) {
        const std::string address = "http" + lowered(word.substr(scheme));
        return add_host(web_host(address), true);
    }
    word = without_end(word);
    if (word.find('@') == std::string_view::npos) return add_host(web_host(lowered(word)), false);
    if (const auto address = Email::parse(word)) add_sender(address->key());
}

void FakeNames::read_text(std::string_view text)
{
    const std::string plain = with_dots(text);
    for (std::size_t at = 0; at < plain.size();) {
        while (at < plain.size() && is_apart(plain[at])) ++at;
        const std::size_t begin = at;
        while (at < plain.size() && !is_apart(plain[at])) ++at;
        if (at > begin) read_word(std::string_view(plain).substr(begin, at - begin));
    }
}

void FakeNames::read_html(std::string_view html)
{
    const std::string small = lowered(html);
    for (const std::string_view name : {"href", "action"})
        for (std::size_t at = small.find(name); at != std::string::npos; at = small.find(name, at)) {
            at += name.size();
            std::string_view value = trim(attribute_at(small, at));
            if (value.starts_with("mailto:")) value = value.substr(value.find(':') + 1);
            if (value.starts_with("//"))
                read_word("http:" + std::string(value));
            else if (value.find("://") != std::string_view::npos || value.find('@') != std::string_view::npos)
                read_word(value.substr(0, value.find('?')));
        }
}

void FakeNames::read_mail(const UploadedMail& mail)
{
    constexpr std::array named{"from", "reply-to", "sender"};
    for (const MailHeader& header : head_of(mail.raw).headers) {
        const std::string_view value = value_of(header);
        if (std::ranges::find(named, header.name) == named.end() || value.size() > upload_header_bytes_max ||
            value.find('\0') != std::string_view::npos)
            continue;
        if (const auto address = Email::parse(gmime::one_address(value))) add_sender(address->key());
    }
    read_text(mail.around);
    if (mail.content.html) read_html(*mail.content.html);
}

void FakeNames::read_where(std::string_view typed)
{
    const std::string plain = with_dots(trim(typed));
    if (!is_valid_text(plain) || has_hidden_characters(plain)) return;
    if (const auto number = PhoneNumber::parse(plain, {})) return add_sender(number->e164());
    const std::size_t before = m_names.size();
    if (plain.find(' ') == std::string::npos) read_word(plain);
    if (m_names.size() == before) add_sender(to_folded(plain).value_or(""));
}

}  // namespace sallyport::messages
