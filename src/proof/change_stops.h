#pragma once
// Stop codes of changes (policy/changes.h): each message that tells of a change has one of its own while the
// channel it goes to can stop it, and the old address or number one that brings it back for 30 days after.
#include "policy/changes.h"
#include "proof/effects.h"
#include "proof/holder.h"
#include "store/change_codes.h"

#include <string>

namespace sallyport::proof {

/// The messages that tell of a change that was asked for.
struct AskedNotice {
    policy::notices::Kind mail;
    std::string_view text;
};
/// nullopt for changes that nobody can ask for yet.
std::optional<AskedNotice> asked_notice_of(policy::changes::Kind kind) noexcept;

/// Every address and every number hears of a change that was asked for now, each with a code of its own that
/// stops it. `more`: what the mail says besides time, place and until when.
void tell_asked(db::Tx& tx, const World& world, const store::Account& account,
                const store::CredentialSet& credentials, const store::PendingChange& change,
                const Asker& asker, const MailFacts& more, Instant now);

/// What became of those messages, as of now: one counts that a relay or service took, that did not come back,
/// and that went to no address that is undeliverable.
policy::changes::Told was_told(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                               const store::PendingChange& change, Instant now);
/// Whether it is to be done now, and why not yet.
policy::changes::Due due_of(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                            const store::PendingChange& change, Instant now);

/// A change that is asked for, as every page shows it.
struct WaitingChange {
    store::PendingChange change;
    policy::changes::Due due;  // and why it is not done yet
    Instant latest;            // then it is done in any case
};
std::vector<WaitingChange> waiting_changes(db::Tx& tx, const World& world,
                                           const store::CredentialSet& credentials, Instant now);
/// The one about `subject`, as running_change() finds it.
std::optional<WaitingChange> waiting_change(db::Tx& tx, const World& world,
                                            const store::CredentialSet& credentials, std::string_view subject,
                                            Instant now);

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
