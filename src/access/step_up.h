#pragma once
// Step-up: a fresh proof for one deed (policy.md, "Levels"). An endpoint asks with what will be shown and
// what will be done; A25 shows it; the proof and the deed happen in one transaction, once.
//
//   POST /account/password        checks the input, then ask() → 303 /account/reauth/{id}
//   GET  /account/reauth/{id}     find(): the page shows the summary; its form posts to `confirm_path`
//   POST /account/password/confirm  prove(): charges a try, checks the code, runs the deed, marks the row
//   used
#include "access/visitor.h"
#include "base/record.h"
#include "policy/step_up.h"
#include "proof/passkeys.h"
#include "proof/tries.h"
#include "render/message.h"
#include "store/accounts.h"
#include "store/credentials.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace sallyport::access {

/// What is about to happen, in the person's language: exactly these lines are shown and bound.
struct Summary {
    std::string headline;                                    // "Change your password"
    std::vector<std::pair<std::string, std::string>> facts;  // label, value
    std::vector<std::string> consequences;                   // "All other sessions end."
};

/// The form that asked, so that it can be sent again where the proof came too late: ask() seals it in the
/// row, and the page that says "expired" posts it again. Never a field that holds a secret: a new password is
/// typed anew.
struct Restart {
    std::string path;  // where that form is posted; "": nothing is kept
    std::vector<std::pair<std::string, std::string>> fields;  // name, value as typed
};

struct StepUpRequest {
    std::string purpose;  // "change_password"
    Summary summary;
    std::string confirm_path;  // where the proof is posted
    std::string back_path;     // where "cancel" and a dead row lead
    Secret payload;            // what the deed needs (RecordWriter), sealed until then
    Restart restart{};
};

/// Gives the path of the page that asks for the proof.
Task<std::string> ask(const Access& access, SignedIn who, StepUpRequest request);

/// Which proofs the account has for it: passkeys before all; the password where there is nothing stronger.
struct Offers {
    bool passkey = false;
    bool app_code = false;
    bool password = false;
};

struct OpenStepUp {
    StepUpId id;
    std::string purpose;
    Summary summary;
    std::string confirm_path;
    std::string back_path;
    Offers offers;
};
/// nullopt where the row is gone, used, expired, or of another session: start again (R2).
Task<std::optional<OpenStepUp>> find(const Access& access, SignedIn who, std::string id);
/// What was typed for a row that expired less than an hour ago, for the session that typed it; else empty.
Task<Restart> find_restart(const Access& access, SignedIn who, std::string id);

enum class ProofAnswer : std::uint8_t {
    done,
    over,      // expired, used, or of another session, account or purpose
    wrong,     // the code or password is not right
    replayed,  // the code was used already
    wait,      // too many tries: until `until`
    busy,      // the hash pool is full: in `busy_seconds`
};
struct ProofOutcome {
    ProofAnswer answer = ProofAnswer::over;
    Instant until{};
    std::int64_t busy_seconds = 0;
    bool needs_pass = false;
};

/// What is done once the proof was right, inside the transaction that spends it; may run again, so it only
/// writes through `tx`. It saves `credentials` itself where it changes them.
struct Deed {
    db::Tx& tx;
    const store::Account& account;
    store::CredentialSet& credentials;
    RecordReader& payload;
    policy::Methods shown;  // for this very deed; what the session signed in with is no part of it
    Instant now;
};
/// What the form brought: a code or password as typed, or the answer of a passkey and the cookie of its
/// challenge.
struct GivenProof {
    std::string typed;
    std::optional<proof::PasskeyAnswer> passkey;
    std::string passkey_cookie;
};
/// `id` comes from the form ("step_up").
Task<ProofOutcome> prove(const Access& access, SignedIn who, std::string purpose, std::string id,
                         GivenProof given, std::function<void(Deed&)> deed);

/// A challenge for this very row: what was shown stands in it. nullopt as find().
struct PasskeyQuestion {
    proof::PasskeyChallenge challenge;
    std::vector<store::Passkey> passkeys;
    bool verified = false;  // ask for user verification
};
Task<std::optional<PasskeyQuestion>> ask_passkey(const Access& access, SignedIn who, std::string id);

}  // namespace sallyport::access
