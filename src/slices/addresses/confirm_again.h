#pragma once
// An address of the account's that mails did not reach (policy/deliverability.h) is confirmed again by a code
// that goes there: somebody reads there, and the mark ends (proof/sent_codes.h, take_code). It gives no
// power, so any session may; what it costs is a mail.
#include "proof/holder.h"
#include "proof/sent_codes.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::addresses {

/// Codes to marked addresses that one account may ask for.
inline constexpr std::int64_t again_codes_max = 10;
inline constexpr Duration again_codes_window = std::chrono::hours{24};

struct MarkedAddress {
    ChannelId id;
    std::string address;
    bool primary = false;  // else the second one, for notices
};
struct Marked {
    std::vector<MarkedAddress> addresses;
    std::optional<proof::OpenCode> code;  // to one of them; nullopt: none was sent, or it is too old
};
Task<Marked> find_marked(proof::World& world, proof::Holder holder);

/// The first code and every new one; nullopt where `id` is no marked address of the account's.
Task<std::optional<proof::SendOutcome>> send_again_code(proof::World& world, proof::Holder holder,
                                                        std::optional<ChannelId> id);

enum class Again : std::uint8_t { confirmed, wrong, malformed, code_over };
Task<Again> confirm_again(proof::World& world, proof::Holder holder, std::string typed);

}  // namespace sallyport::addresses
