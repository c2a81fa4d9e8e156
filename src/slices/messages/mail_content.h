#pragma once
// What a mail says, freed from how it is written: its headers decoded, its text and HTML in UTF-8 with white
// space squeezed. A mail that leaves and one that comes back are compared in this form, by keyed hashes of
// each part: nothing of a mail itself is kept.
#include "base/bytes.h"
#include "crypto/mac.h"
#include "policy/mail_checks.h"
#include "slices/messages/compose.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::messages {

/// The headers that every mail of ours has, as compose() writes them.
inline constexpr std::array<std::string_view, 9> kept_headers{
    "From",         "To",           "Subject",       "Date", "Message-ID", "Content-Language",
    "Content-Type", "MIME-Version", "Auto-Submitted"};

struct MailContent {
    /// In the order of kept_headers, the first of that name; nullopt where the mail has none.
    std::array<std::optional<std::string>, kept_headers.size()> headers;
    std::optional<std::string> text;
    std::optional<std::string> html;
    friend bool operator==(const MailContent&, const MailContent&) = default;
};

/// Runs of white space become one space; none at either end.
std::string squeezed(std::string_view text);
/// As squeezed(), after marks of quoting ("> ") at the beginnings of lines were taken away.
std::string unquoted(std::string_view text);

/// Of what compose() makes of the same.
MailContent content_as_sent(const Sender& sender, const MailParts& parts);

/// Keyed hashes of each part, in a form of its own ("message.parts.1"). `number`: the message's, in every
/// hash, so that equal subjects have unequal ones.
Bytes hashes_of(const crypto::IndexKey& key, std::string_view number, const MailContent& content);

/// A part beside what was kept of it.
struct ComparedPart {
    std::string_view name;  // of kept_headers or absent_headers, "text", "html" or "attachment"
    policy::mail_checks::Part state;
};
/// Every part; none where `hashes` is empty (nothing was kept) or of another form.
std::vector<ComparedPart> compare(const crypto::IndexKey& key, std::string_view number, BytesView hashes,
                                  const MailContent& content);

/// Where a text may begin in what quotes it: beginnings of lines, no more than these are tried.
inline constexpr std::size_t quoted_beginnings_max = 2000;
/// Whether the text as sent stands somewhere in `around`, quoted or not, however its lines were broken.
bool quotes_text(const crypto::IndexKey& key, std::string_view number, BytesView hashes,
                 std::string_view around);

}  // namespace sallyport::messages
