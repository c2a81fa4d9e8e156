#pragma once
// Step-up: a fresh proof for one deed (policy.md, "Levels"). An endpoint asks with what will be shown and
// what will be done; A25 shows it; the proof and the deed happen in one transaction, once.
//
//   POST /account/password        checks the input, then ask() → 303 /account/reauth/{id}
//   GET  /account/reauth/{id}     find(): the page shows the summary; its form posts to `confirm_path`
//   POST /account/password/confirm  prove(): charges a try, checks the code, runs the deed, marks the row
//   used
//
// Where the account has no strong factor, its password comes first (prove_password, for this row), then a
// code by mail or text (send_step_up_code) or from the kit, which prove() takes. The password also comes
// before a key that is only touched, which is a factor beside it and none alone.
#include "access/visitor.h"
#include "base/record.h"
#include "policy/challenge.h"
#include "policy/step_up.h"
#include "proof/passkeys.h"
#include "proof/sent_codes.h"
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
    /// What it does to the account's protection: where nothing is said, a strong factor is asked for.
    policy::step_up::Deed deed = policy::step_up::Deed::takes;
};

/// Gives the path of the page that asks for the proof.
Task<std::string> ask(const Access& access, SignedIn who, StepUpRequest request);

/// Where a code by mail or text can go.
struct CodeWay {
    policy::Method method;                                      // email_code or sms_code
    std::size_t target = 0;                                     // which of the account's numbers
    std::string to;                                             // masked
    std::optional<policy::challenge::Challenge> sent{};         // the newest code, where it went there
    bool called = false;                                        // and it was spoken in a call
    policy::phones::Reach reach = policy::phones::Reach::text;  // of a number
};

/// Which proofs the account has for it: passkeys before all; the password where there is nothing stronger.
struct Offers {
    bool passkey = false;
    bool app_code = false;
    bool password = false;         // alone
    bool code_besides = false;     // the password, then a code of `ways` or of the kit
    bool key_besides = false;      // the password, then a key that is only touched: two factors together
    bool password_proven = false;  // with one of these two: for this very row
    std::vector<CodeWay> ways{};
    bool recovery_code = false;
    /// What the account has is too weak for this deed: a strong factor is added first.
    [[nodiscard]] bool none() const noexcept
    {
        return !passkey && !app_code && !password && !code_besides && !key_besides;
    }
};

struct OpenStepUp {
    StepUpId id;
    std::string purpose;
    Summary summary;
    std::string confirm_path;
    std::string back_path;
    Instant until;
    Offers offers;
};
/// nullopt where the row is gone, used, expired, or of another session: start again (R2).
Task<std::optional<OpenStepUp>> find(const Access& access, SignedIn who, std::string id);
/// What was typed for a row that expired less than an hour ago, for the session that typed it; else empty.
Task<Restart> find_restart(const Access& access, SignedIn who, std::string id);

enum class ProofAnswer : std::uint8_t {
    done,
    over,       // expired, used, or of another session, account or purpose
    wrong,      // the code or password is not right
    replayed,   // the code was used already
    code_over,  // of a code by mail or text: too old, without tries, or none was sent
    wait,       // too many tries: until `until`
    busy,       // the hash pool is full: in `busy_seconds`
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
    std::optional<policy::Method> code{};  // after the password: which code `typed` is
};
/// `id` comes from the form ("step_up").
Task<ProofOutcome> prove(const Access& access, SignedIn who, std::string purpose, std::string id,
                         GivenProof given, std::function<void(Deed&)> deed);

/// Where a code or a key is asked for besides: the password, charged like every try. `done`: proven for this
/// row.
Task<ProofOutcome> prove_password(const Access& access, SignedIn who, std::string id, std::string typed);

/// Sends a code whose message says what it approves (ux.md, R20), after the right password only, so that a
/// stolen cookie sends nobody anything. nullopt where the row is gone, or the account has no such way.
Task<std::optional<proof::SendOutcome>> send_step_up_code(const Access& access, SignedIn who, std::string id,
                                                          policy::Method method, std::size_t target,
                                                          bool call = false);

/// A challenge for this very row: what was shown stands in it. `besides`: of the keys that come after the
/// password, once it was right; else of those that verify their user. nullopt as find().
struct PasskeyQuestion {
    proof::PasskeyChallenge challenge;
    std::vector<store::Passkey> passkeys;
    bool verified = false;  // ask for user verification
};
Task<std::optional<PasskeyQuestion>> ask_passkey(const Access& access, SignedIn who, std::string id,
                                                 bool besides = false);

}  // namespace sallyport::access
