#pragma once
// The parameters of a row as its mail may say them. What came from outside is in a vocabulary of ours before
// it stands in a mail: a browser is one of those that we know, an address is an address, codes and numbers
// look like ours. What an account's owner named keeps its letters, and no sign that turns or hides a line.
// Only .cpp files include this.
#include "slices/messages/notices.h"
#include "store/outbox.h"

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::messages {

/// A row's parameters after the judgement for a mail of these facts. Of a mail that a stranger can cause only
/// our own words, times, codes and numbers are left. CHECK: a code or number that is none of ours.
store::OutboxMail judged(const store::OutboxMail& mail, Facts facts);

/// Null where the row does not have it.
const std::string* find(const store::OutboxMail& mail, std::string_view name);
/// CHECK: the row has it.
const std::string& need(const store::OutboxMail& mail, std::string_view name);
std::int64_t number(const std::string& text);
/// Of Unix milliseconds.
std::optional<Instant> moment(const store::OutboxMail& mail, std::string_view name);

}  // namespace sallyport::messages
