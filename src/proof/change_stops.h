#pragma once
// Stop codes of changes (policy/changes.h): each message that tells of a change has one of its own while the
// channel it goes to can stop it, and the old address or number one that brings it back for 30 days after.
#include "policy/changes.h"
#include "proof/effects.h"
#include "store/change_codes.h"

#include <string>

namespace sallyport::proof {

/// Makes the code for the message to this channel, which is one of the account's own: "stop". For a change
/// that was asked for now.
MailFacts stop_facts(db::Tx& tx, const World& world, const store::PendingChange& change,
                     const AccountId& account, const ChannelId& channel);
/// The same of a change that is done now, and "undo", until when: nothing but for the old channel.
MailFacts undo_facts(db::Tx& tx, const World& world, const store::PendingChange& change,
                     const AccountId& account, const ChannelId& channel);

/// "a••@e••.com", of an address in a row.
std::string masked_address(const std::string& address);

struct CodeStop {
    policy::changes::StopAnswer answer = policy::changes::StopAnswer::too_late;
    bool taken = false;  // another account has the old address meanwhile: it cannot be brought back
};
/// `shown`: beside the code. With `stopped` and `undone` the caller saves
/// `credentials`, which were told and written here; an undone change ends every session.
CodeStop stop_by_code(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                      const store::ChangeCode& code, policy::Methods shown, const Asker& asker, Instant now);

}  // namespace sallyport::proof
