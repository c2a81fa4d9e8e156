#pragma once
// What the use cases of this room share: the law's question about a factor, and the row of a set-up.
#include "slices/codes/keep_codes.h"

namespace sallyport::codes {

Answer judge_factor(const proof::World& world, const proof::Holder& holder,
                    const store::CredentialSet& credentials, policy::phones::Deed deed, std::string_view e164,
                    bool stepped_up);

std::optional<store::Phone> phone_of(const store::CredentialSet& credentials,
                                     const std::optional<ChannelId>& id);

/// A number that a step-up approved, for one session.
struct SetUp {
    std::string e164;
    std::optional<ChannelId> replaced;
    Duration wait{};  // of the change
};
void put_set_up(db::Tx& tx, const proof::World& world, const proof::Holder& holder, const SetUp& set_up,
                Instant now);

}  // namespace sallyport::codes
