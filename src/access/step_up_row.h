#pragma once
// The sealed row of a step-up, and what it is measured against: shared by the files of this room that ask,
// show and prove (step_up.h). Everything here happens inside a transaction of the caller's.
#include "access/step_up.h"
#include "proof/sent_codes.h"

namespace sallyport::access {

struct StepUpRow {
    std::string purpose;
    policy::step_up::Deed deed;
    SessionId session;
    Instant asked_at;
    Summary summary;
    Bytes summary_digest;
    std::string confirm_path;
    std::string back_path;
    Secret payload;
    Restart restart;
};
Secret record_of(const StepUpRequest& request, const SessionId& session, Instant now);
StepUpRow row_of(const Secret& content);

/// `purpose` nullopt: the page that only shows the row.
policy::step_up::Facts facts_of(const StepUpRow& row, const SignedIn& who,
                                const std::optional<std::string>& purpose);
/// The row where a proof may be tried for it now.
std::optional<StepUpRow> live_row(db::Tx& tx, const proof::World& world, const SignedIn& who,
                                  const StepUpId& id, const std::optional<std::string>& purpose, Instant now);

/// Codes by mail or text: where one is the second factor, the password alone is no step-up.
bool holds_weak_second(const store::CredentialSet& credentials);

/// What the account can be asked for, and what of it was proven for this row.
Offers offers_of(db::Tx& tx, const proof::World& world, const SignedIn& who, const StepUpId& id,
                 const StepUpRow& row, const store::CredentialSet& credentials, Instant now);

/// What a passkey signs besides its nonce and time: account, session, this row and what was shown.
Bytes bound_to(const StepUpRow& row, const SignedIn& who, const StepUpId& id);

/// A code for this row is right for this account, session, deed and summary only.
proof::CodePlace code_place(const StepUpRow& row, const SignedIn& who, const StepUpId& id,
                            policy::Method method);
/// Where a code of this method goes, as it is stored; nullopt where the account has no such address or
/// number.
std::optional<std::string> target_of(const store::CredentialSet& credentials, policy::Method method,
                                     std::size_t target);

/// The password was right for this row: a code comes next.
void note_password(db::Tx& tx, const proof::World& world, const SignedIn& who, const StepUpId& id,
                   const StepUpRow& row);
bool is_password_proven(db::Tx& tx, const proof::World& world, const SignedIn& who, const StepUpId& id,
                        const StepUpRow& row, Instant now);

}  // namespace sallyport::access
