#pragma once
// What makes a message's number, and what stays of the message after delivery. Only store/*.cpp includes
// this.
#include "store/outbox.h"

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::store {

/// Sealed; no code, no words, no parameter, and whom it went to only masked.
struct KeptMessage {
    std::string number;    // "V-…"
    std::string to;        // "a••@e••.com", "+351 ••• ••78"
    std::string language;  // BCP 47
    Bytes parts{};         // hashes of its parts as it left (store/outbox.h, keep_parts); empty before
};

/// The columns that a row gets with its number. All of them follow from the row's id and recipient, so that
/// a transaction that runs again writes the same.
struct NumberedRow {
    std::int64_t serial;
    Bytes recipient;
    Bytes kept;
};
/// `draw`: 0, and the next one where another row has that serial (docs/decisions/message-serials.md).
NumberedRow number_row(const Keys& keys, const OutboxMail& mail, int draw);
/// Draws for one row. Among 10^8 kept rows each fails with 1 in 10,000.
inline constexpr int serial_draws_max = 8;

/// nullopt where it was sealed for another row or not by us.
std::optional<KeptMessage> open_kept(const Keys& keys, const OutboxId& id, BytesView kept);

/// A number's recipient as people write it, in the one form that numbers are bound to: an address without
/// regard to case, a number in E.164.
std::string recipient_key(std::string_view to);
/// Of `recipient`, with the serial in it, so that two messages to one person do not look alike.
Bytes recipient_hash(const Keys& keys, std::int64_t serial, std::string_view recipient_key);

}  // namespace sallyport::store
