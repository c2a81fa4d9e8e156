#include "slices/messages/uploaded_mail.h"

#include "base/check.h"
#include "slices/messages/dkim.h"
#include "slices/messages/gmime_reading.h"
#include "slices/messages/mail_head.h"

#include <algorithm>

namespace sallyport::messages {

namespace {

/// Before the library sees it: every level of nesting has such a line (or is the default of a digest, whose
/// own line stands one level up).
std::size_t content_types(std::string_view mail)
{
    constexpr std::string_view name = "content-type";
    std::size_t count = 0;
    while (!mail.empty()) {
        const std::size_t end = std::min(mail.find('\n'), mail.size());
        count += lowered(mail.substr(0, std::min(end, name.size()))) == name ? 1 : 0;
        mail.remove_prefix(std::min(end + 1, mail.size()));
    }
    return count;
}

std::string_view value_of(const MailHeader& header) { return header.raw.substr(header.raw.find(':') + 1); }

/// "From" and "To" as who wrote them, however they are quoted or encoded.
bool is_of_addresses(std::string_view name) { return name == "From" || name == "To"; }

std::string decoded(std::string_view name, std::string_view value)
{
    // What the library would cut off at a NUL, or is longer than any of ours, is compared as it is.
    if (value.size() > upload_header_bytes_max || value.find('\0') != std::string_view::npos)
        return squeezed(value);
    if (is_of_addresses(name)) return squeezed(gmime::addresses(value));
    if (name == "Content-Type") return gmime::media_type(value);
    return squeezed(gmime::decoded_text(value));
}

std::optional<crypto::MessageNumber> number_of_id(std::string_view id)
{
    if (!id.starts_with('<') || !id.ends_with('>')) return std::nullopt;
    const auto number = crypto::parse_message_number(id.substr(1, id.find('@') - 1));
    return number ? std::optional(*number) : std::nullopt;
}

void read_headers(UploadedMail& mail)
{
    const MailHead head = head_of(mail.raw);
    for (std::size_t i = 0; i < kept_headers.size(); ++i) {
        const std::string name = lowered(kept_headers[i]);
        for (const MailHeader& header : head.headers) {
            if (header.name != name) continue;
            auto& kept = mail.content.headers[i];
            if (kept) {
                mail.added.emplace_back(kept_headers[i]);
                break;
            }
            kept = decoded(kept_headers[i], value_of(header));
            if (name == "message-id") mail.number = number_of_id(*kept);
            if (name == "to" && value_of(header).size() <= upload_header_bytes_max)
                mail.to = Email::parse(gmime::one_address(value_of(header)));
        }
    }
    for (const std::string_view absent : absent_headers)
        if (std::ranges::find(head.headers, lowered(absent), &MailHeader::name) != head.headers.end())
            mail.added.emplace_back(absent);
}

/// "V-7K2M-XQ4T-9ABC-DEFG" wherever it stands.
void find_numbers(std::string_view text, std::vector<crypto::MessageNumber>& numbers)
{
    constexpr std::size_t shown_characters = 21;
    for (std::size_t at = text.find("V-"); at != std::string_view::npos; at = text.find("V-", at + 1)) {
        const auto number = crypto::parse_message_number(text.substr(at, shown_characters));
        if (!number || std::ranges::find(numbers, *number) != numbers.end()) continue;
        if (numbers.size() == upload_numbers_max) return;
        numbers.push_back(*number);
    }
}

/// What the walk over the parts found, as a mail.
UploadedMail mail_of(gmime::ReadMail read)
{
    UploadedMail mail;
    mail.raw = with_crlf(read.raw);
    read_headers(mail);
    if (read.text) mail.content.text = unquoted(*read.text);
    if (read.html) mail.content.html = squeezed(*read.html);
    if (read.has_other_parts) mail.added.emplace_back("attachment");
    mail.around = std::move(read.text).value_or("");
    find_numbers(mail.around, mail.quoted);
    if (mail.content.html) find_numbers(*mail.content.html, mail.quoted);
    return mail;
}

}  // namespace

Result<std::vector<UploadedMail>, UploadProblem> read_upload(std::string_view bytes)
{
    if (bytes.size() > upload_bytes_max) return failure(UploadProblem::too_large);
    std::string raw = with_crlf(bytes);
    if (raw.empty()) return failure(UploadProblem::empty);
    if (content_types(raw) > upload_types_max) return failure(UploadProblem::too_complicated);
    if (head_of(raw).headers.empty()) {
        UploadedMail text;
        text.around = raw;
        text.content.text = unquoted(raw);
        find_numbers(raw, text.quoted);
        std::vector<UploadedMail> alone;
        alone.push_back(std::move(text));
        return alone;
    }
    gmime::Limits limits{upload_nesting_max, upload_parts_max, upload_mails_max};
    auto read = gmime::read(std::move(raw), limits);
    if (!read) return failure(UploadProblem::too_complicated);
    std::vector<UploadedMail> mails;
    for (gmime::ReadMail& one : *read) mails.push_back(mail_of(std::move(one)));
    return mails;
}

}  // namespace sallyport::messages
