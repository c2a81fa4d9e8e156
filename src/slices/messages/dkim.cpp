#include "slices/messages/dkim.h"

#include "base/check.h"
#include "crypto/hash.h"

#include <algorithm>

namespace sallyport::messages {

namespace {

constexpr std::size_t line_columns = 72;  // of a folded tag's value

bool is_space(char c) { return c == ' ' || c == '\t'; }

/// Runs of spaces and tabs become one space; none at the end.
std::string squeezed(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (!is_space(c))
            out += c;
        else if (!out.ends_with(' '))
            out += ' ';
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

std::string lower(std::string_view name)
{
    std::string out(name);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::string_view name_of(std::string_view header) { return header.substr(0, header.find(':')); }

/// Each with its folded lines and the CRLF at its end.
std::vector<std::string_view> headers_of(std::string_view head)
{
    std::vector<std::string_view> headers;
    std::size_t begun = 0;
    while (begun < head.size()) {
        std::size_t end = begun;
        do {
            end = head.find("\r\n", end);
            CHECK(end != std::string_view::npos);
            end += 2;
        } while (end < head.size() && is_space(head[end]));
        headers.push_back(head.substr(begun, end - begun));
        begun = end;
    }
    return headers;
}

/// A long value in lines: white space in b=, bh= and h= counts for nothing (section 3.5).
std::string folded(std::string_view value)
{
    std::string out;
    for (std::size_t at = 0; at < value.size(); at += line_columns)
        out.append(at == 0 ? "" : "\r\n ").append(value.substr(at, line_columns));
    return out;
}

std::string unix_seconds(Instant at) { return std::to_string(to_unix_ms(at) / 1000); }

/// The name of each header twice, then what is absent once, folded after colons.
std::string signed_names(const std::vector<std::string_view>& headers)
{
    std::vector<std::string> names;
    for (const std::string_view header : headers) {
        const std::string name = lower(name_of(header));
        CHECK(std::ranges::find(names, name) == names.end());  // the order of two of a name is reversed
        names.insert(names.end(), {name, name});
    }
    for (const std::string_view name : absent_headers) names.push_back(lower(name));
    std::string out;
    std::size_t column = 0;
    for (const std::string& name : names) {
        if (!out.empty()) out += ':';
        if (column + name.size() > line_columns) {
            out += "\r\n ";
            column = 0;
        }
        out += name;
        column += name.size() + 1;
    }
    return out;
}

}  // namespace

bool is_dns_name(std::string_view name) noexcept
{
    constexpr std::size_t name_max = 253;
    constexpr std::size_t label_max = 63;
    if (name.empty() || name.size() > name_max) return false;
    std::size_t label = 0;
    for (const char c : name) {
        const bool inside = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                            c == '-' || c == '_';
        if (!inside && (c != '.' || label == 0)) return false;
        label = inside ? label + 1 : 0;
        if (label > label_max) return false;
    }
    return label > 0;
}

std::string relaxed_header(std::string_view header)
{
    const std::size_t colon = header.find(':');
    CHECK(colon != std::string_view::npos);
    std::string value;
    for (const char c : header.substr(colon + 1))
        if (c != '\r' && c != '\n') value += c;
    const std::string squeezed_value = squeezed(value);
    const std::string_view from_word =
        std::string_view(squeezed_value).substr(squeezed_value.starts_with(' ') ? 1 : 0);
    return squeezed(lower(name_of(header))) + ":" + std::string(from_word) + "\r\n";
}

std::string relaxed_body(std::string_view body)
{
    std::string out;
    std::size_t kept = 0;  // up to the last line that is not empty
    while (!body.empty()) {
        const std::size_t end = body.find("\r\n");
        out += squeezed(body.substr(0, end));
        const bool empty = out.empty() || out.ends_with("\r\n");
        out += "\r\n";
        if (!empty) kept = out.size();
        body = end == std::string_view::npos ? std::string_view() : body.substr(end + 2);
    }
    out.resize(kept);
    return out;
}

DkimSigner::DkimSigner(std::string domain, std::vector<DkimSelector> selectors)
    : m_domain(std::move(domain)), m_selectors(std::move(selectors))
{
    CHECK(is_dns_name(m_domain));
    for (const DkimSelector& one : m_selectors) CHECK(is_dns_name(one.selector));
}

std::string DkimSigner::signatures(std::string_view raw, Instant at) const
{
    const std::size_t head_end = raw.find("\r\n\r\n");
    CHECK(head_end != std::string_view::npos);
    const auto headers = headers_of(raw.substr(0, head_end + 2));
    const std::string names = signed_names(headers);
    const std::string body_hash = to_base64(crypto::sha256(as_bytes(relaxed_body(raw.substr(head_end + 4)))));
    std::string signed_headers;
    for (const std::string_view header : headers) signed_headers += relaxed_header(header);
    std::string out;
    for (const DkimSelector& one : m_selectors) {
        std::string header = "DKIM-Signature: v=1; a=" + std::string(one.key.name()) +
                             "; c=relaxed/relaxed;\r\n d=" + m_domain + "; s=" + one.selector +
                             ";\r\n t=" + unix_seconds(at) + "; x=" + unix_seconds(at + dkim_life) +
                             ";\r\n h=" + names + ";\r\n bh=" + body_hash + ";\r\n b=";
        // Section 3.7: the signature's own header goes last, without its value and the CRLF.
        std::string own = relaxed_header(header + "\r\n");
        own.resize(own.size() - 2);
        const auto digest = crypto::sha256(as_bytes(signed_headers + own));
        out += header + folded(to_base64(one.key.sign(digest))) + "\r\n";
    }
    return out;
}

}  // namespace sallyport::messages
