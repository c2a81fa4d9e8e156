#pragma once
// P11: is this message from us? Asked by anybody, without signing in, by the number in the message and the
// address or phone number where it came.
#include "crypto/message_number.h"
#include "proof/world.h"
#include "store/sent_messages.h"

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::messages {

/// An address, or a phone number with + or 00 and the country's code.
struct Recipient {
    std::string text;    // as messages are sent to it
    std::string masked;  // as it is shown again
};
std::optional<Recipient> typed_recipient(std::string_view typed);

struct CheckOutcome {
    std::optional<Instant> wait_until;          // the network has asked too often; nothing was looked up
    std::optional<store::SentMessage> message;  // a genuine one of ours; nullopt: not ours, or not to them
};
/// One question of a network's budget: nothing, or until when there is none left.
Task<std::optional<Instant>> charge_check(proof::World& world, std::string network);
/// The message where number, recipient and row agree, and it is young enough. The same work whatever is
/// right.
Task<std::optional<store::SentMessage>> find_genuine(proof::World& world, crypto::MessageNumber number,
                                                     std::string recipient);
/// One question of a network's budget, then the same work whatever is right.
Task<CheckOutcome> check_message(proof::World& world, std::string network, crypto::MessageNumber number,
                                 std::string recipient);

}  // namespace sallyport::messages
