#include "slices/messages/mail_head.h"

#include <algorithm>

namespace sallyport::messages {

namespace {

constexpr std::string_view crlf = "\r\n";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// RFC 5322 section 3.6.8, and before the colon white space (section 4.5).
bool is_name(std::string_view name)
{
    return !name.empty() && std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

MailHead head_of(std::string_view mail)
{
    MailHead head;
    std::size_t begun = 0;
    while (begun < mail.size() && !mail.substr(begun).starts_with(crlf)) {
        std::size_t end = begun;
        do {
            end = mail.find(crlf, end);
            end = end == std::string_view::npos ? mail.size() : end + crlf.size();
        } while (end < mail.size() && (mail[end] == ' ' || mail[end] == '\t'));
        const std::string_view raw = mail.substr(begun, end - begun);
        std::string_view name = raw.substr(0, raw.find(':'));
        while (name.size() < raw.size() && !name.empty() && is_space(name.back())) name.remove_suffix(1);
        const bool is_header = raw.ends_with(crlf) && name.size() < raw.size() && is_name(name);
        if (is_header && head.headers.size() < mail_headers_max)
            head.headers.push_back({lowered(name), raw});
        else
            head.has_other_lines = true;
        begun = end;
    }
    head.body = begun < mail.size() ? mail.substr(begun + crlf.size()) : std::string_view();
    return head;
}

std::string with_crlf(std::string_view mail)
{
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (mail.starts_with(byte_order_mark)) mail.remove_prefix(byte_order_mark.size());
    while (!mail.empty() && is_space(mail.front())) mail.remove_prefix(1);
    if (mail.starts_with("From ")) mail.remove_prefix(std::min(mail.find('\n'), mail.size() - 1) + 1);
    std::string out;
    out.reserve(mail.size() + mail.size() / 32);
    char before = 0;
    for (const char c : mail) {
        if (c == '\n' && before != '\r') out += '\r';
        out += c;
        before = c;
    }
    return out;
}

}  // namespace sallyport::messages
