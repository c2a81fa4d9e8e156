#include "slices/messages/mail_content.h"

#include "base/record.h"
#include "crypto/canonical.h"

#include <algorithm>

namespace sallyport::messages {

namespace {

using policy::mail_checks::Part;

constexpr std::string_view layout = "message.parts.1";
constexpr std::size_t header_hash_bytes = 10;  // 80 bits: who does not have the key has 20 questions an hour
constexpr std::size_t body_hash_bytes = 16;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f'; }

/// The line without the marks of who quotes it.
std::string_view without_marks(std::string_view line)
{
    while (!line.empty() && (line.front() == '>' || line.front() == ' ')) line.remove_prefix(1);
    return line;
}

Bytes hash_of(const crypto::IndexKey& key, std::string_view number, std::string_view name,
              std::string_view value, std::size_t bytes)
{
    Bytes hash = key.of("message.part", crypto::Canonical("message.part", 1, {number, name, value}).bytes());
    hash.resize(bytes);
    return hash;
}

struct Kept {
    Bytes headers;  // header_hash_bytes each, in the order of kept_headers
    std::int64_t text_bytes;
    Bytes text;
    Bytes html;
};
std::optional<Kept> read_hashes(BytesView hashes)
{
    if (hashes.empty()) return std::nullopt;
    try {
        RecordReader reader(hashes, layout);
        Kept kept{reader.bytes(), reader.number(), reader.bytes(), reader.bytes()};
        reader.end();
        if (kept.headers.size() != kept_headers.size() * header_hash_bytes) return std::nullopt;
        return kept;
    } catch (const RecordMalformed&) {
        return std::nullopt;  // written by a later version: nothing that we can compare
    }
}

Part state_of(const std::optional<std::string>& value, const crypto::IndexKey& key, std::string_view number,
              std::string_view name, BytesView expected)
{
    if (!value) return Part::missing;
    const Bytes hash = hash_of(key, number, name, *value, expected.size());
    return equal_constant_time(hash, expected) ? Part::same : Part::differs;
}

}  // namespace

std::string squeezed(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (!is_space(c))
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

std::string unquoted(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        out.append(without_marks(text.substr(0, end))).append("\n");
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return squeezed(out);
}

MailContent content_as_sent(const Sender& sender, const MailParts& parts)
{
    MailContent content;
    content.headers = {squeezed(sender.name) + " <" + sender.address.address() + ">",
                       "<" + parts.to.address() + ">",
                       squeezed(parts.subject),
                       mail_date(parts.date),
                       message_id(parts, sender.message_host),
                       parts.language,
                       "multipart/alternative",
                       "1.0",
                       "auto-generated"};
    content.text = unquoted(parts.text);
    content.html = squeezed(parts.html);
    return content;
}

Bytes hashes_of(const crypto::IndexKey& key, std::string_view number, const MailContent& content)
{
    Bytes headers;
    for (std::size_t i = 0; i < kept_headers.size(); ++i) {
        const Bytes hash =
            hash_of(key, number, kept_headers[i], content.headers[i].value_or(""), header_hash_bytes);
        headers.insert(headers.end(), hash.begin(), hash.end());
    }
    const std::string text = content.text.value_or("");
    RecordWriter writer(layout);
    writer.bytes(headers).number(static_cast<std::int64_t>(text.size()));
    writer.bytes(hash_of(key, number, "text", text, body_hash_bytes));
    writer.bytes(hash_of(key, number, "html", content.html.value_or(""), body_hash_bytes));
    return writer.take();
}

std::vector<ComparedPart> compare(const crypto::IndexKey& key, std::string_view number, BytesView hashes,
                                  const MailContent& content)
{
    const auto kept = read_hashes(hashes);
    if (!kept) return {};
    std::vector<ComparedPart> parts;
    for (std::size_t i = 0; i < kept_headers.size(); ++i)
        parts.push_back(
            {kept_headers[i],
             state_of(content.headers[i], key, number, kept_headers[i],
                      BytesView(kept->headers).subspan(i * header_hash_bytes, header_hash_bytes))});
    parts.push_back({"text", state_of(content.text, key, number, "text", kept->text)});
    parts.push_back({"html", state_of(content.html, key, number, "html", kept->html)});
    return parts;
}

bool quotes_text(const crypto::IndexKey& key, std::string_view number, BytesView hashes,
                 std::string_view around)
{
    const auto kept = read_hashes(hashes);
    if (!kept || kept->text_bytes <= 0) return false;
    const auto bytes = static_cast<std::size_t>(kept->text_bytes);
    // Squeezed line by line, so that the beginnings of lines stay known.
    std::string whole;
    std::vector<std::size_t> beginnings;
    while (!around.empty()) {
        const std::size_t end = std::min(around.find('\n'), around.size());
        const std::string line = squeezed(without_marks(around.substr(0, end)));
        around.remove_prefix(std::min(end + 1, around.size()));
        if (line.empty()) continue;
        if (!whole.empty()) whole += ' ';
        if (beginnings.size() < quoted_beginnings_max) beginnings.push_back(whole.size());
        whole += line;
    }
    return std::ranges::any_of(beginnings, [&](std::size_t begun) {
        const std::size_t end = begun + bytes;
        if (end > whole.size() || (end < whole.size() && whole[end] != ' ')) return false;
        const Bytes hash =
            hash_of(key, number, "text", std::string_view(whole).substr(begun, bytes), kept->text.size());
        return equal_constant_time(hash, kept->text);
    });
}

}  // namespace sallyport::messages
