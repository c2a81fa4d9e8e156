#pragma once
// Stop codes of changes (policy/changes.h): each message that tells of a change has one of its own while the
// channel it goes to can stop it, and the old address or number one that brings it back for 30 days after.
#include "policy/changes.h"
#include "proof/effects.h"
#include "proof/holder.h"
#include "store/change_codes.h"

#include <string>

namespace sallyport::proof {

/// Every address hears of a change that was asked for now, and every number by `text`, each with a code of
/// its own that stops it. `more`: what the mail says besides time, place and until when.
void tell_asked(db::Tx& tx, const World& world, policy::notices::Kind kind, std::string_view text,
                const store::Account& account, const store::CredentialSet& credentials,
                const store::PendingChange& change, const Asker& asker, const MailFacts& more, Instant now);
/// Makes the code for the message to this channel, which is one of the account's own, of a change that is
/// done now: "stop", and "until" when. Nothing but for the old channel.
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

/// The owner keeps what a change of this kind would take, by what was shown for it just now: nothing is the
/// session's own say, which counts once in 30 days. Every address hears of it. Saves `credentials`.
policy::changes::StopAnswer stop_by_holder(db::Tx& tx, const World& world, const Holder& holder,
                                           store::CredentialSet& credentials, policy::changes::Kind kind,
                                           const ChangeId& id, policy::Methods shown, Instant now);
/// By a live session that shows nothing more.
Task<policy::changes::StopAnswer> stop_by_session(World& world, Holder holder, policy::changes::Kind kind,
                                                  ChangeId id);

}  // namespace sallyport::proof
