#pragma once
// What follows a decision, written in its own transaction: sessions end, the owner's history gets a row, and
// mail is owed to whoever policy says (policy::notices).
#include "policy/notices.h"
#include "policy/sessions.h"
#include "proof/world.h"
#include "store/accounts.h"
#include "store/credentials.h"
#include "store/outbox.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::proof {

using MailFacts = std::vector<std::pair<std::string, std::string>>;

/// "E11": the number of a notice in the inventory of mails (ux.md section 7.2).
std::string_view mail_of(policy::notices::Kind kind) noexcept;

/// Where and when it happened: at, browser, address.
MailFacts facts_of(const Asker& asker, Instant now);

/// Owes the notice to every address that policy names. The words go along where policy says so.
void tell(db::Tx& tx, const World& world, policy::notices::Kind kind, const store::Account& account,
          const store::CredentialSet& credentials, const MailFacts& facts, Instant now);

/// The same where each address gets something of its own: `own` adds it. An old channel is asked about like a
/// second address. `but`: not to this one.
void tell_each(db::Tx& tx, const World& world, policy::notices::Kind kind, const store::Account& account,
               const store::CredentialSet& credentials,
               const std::function<MailFacts(const store::Channel&)>& own, Instant now,
               const Email* but = nullptr);

/// An address that was the primary one until less than 30 days ago: it goes on hearing of everything
/// (policy/changes.h). Its id is the one that it had.
struct OldChannel {
    store::Channel channel;
    Instant left;
};
std::vector<OldChannel> old_channels(const store::CredentialSet& credentials, Instant now);

/// Every number of the account, and those that were its own until lately, with the ids that they had.
std::vector<store::Phone> told_phones(const store::CredentialSet& credentials, Instant now);

/// The facts of a text that is spoken in a call (slices/messages/texts.h), or of one that is not.
MailFacts with_call(MailFacts facts, bool call);
/// Owes the text message (slices/messages/texts.h) to each of told_phones(), a landline as a call; `own` adds
/// what is the number's own.
void tell_each_phone(db::Tx& tx, const World& world, std::string_view text, const store::Account& account,
                     const store::CredentialSet& credentials,
                     const std::function<MailFacts(const store::Phone&)>& own, Instant now);
void tell_phones(db::Tx& tx, const World& world, std::string_view text, const store::Account& account,
                 const store::CredentialSet& credentials, Instant now);

/// Owes the notice to this one of the account's addresses alone; nothing where it is that no more.
void tell_own(db::Tx& tx, const World& world, policy::notices::Kind kind, const store::Account& account,
              const store::CredentialSet& credentials, std::string_view address, const MailFacts& facts,
              Instant now);

/// Owes a mail to one address that the event itself names and that may belong to nobody: no words, no
/// account.
void tell_address(db::Tx& tx, const World& world, policy::notices::Kind kind, const Email& address,
                  std::string_view language, const MailFacts& facts, Instant now);

/// A row in the owner's history. `kind` is a stable code; `detail` a code or number, never a secret.
void note(db::Tx& tx, const World& world, const AccountId& account, std::string_view kind, const Asker& asker,
          Instant now, std::string_view detail = {});

/// Ends what the event ends, trust in browsers with it (policy/trusted_browsers.h). `own`: the acting
/// session. Gives how many other sessions ended.
std::int64_t end_by(db::Tx& tx, policy::sessions::Event event, const AccountId& account,
                    const std::optional<store::TokenHash>& own, Instant now);

}  // namespace sallyport::proof
