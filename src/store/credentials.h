#pragma once
// What grants power over an account: its password, authenticator apps, recovery kit and proven channels.
// Every row has a MAC, and one MAC over the set is kept in the account, so that a row written, changed,
// deleted or rolled back behind the server's back is refused, logged and alarmed (policy.md, "Places where
// others were fooled").
#include "base/check.h"
#include "base/email.h"
#include "base/ids.h"
#include "base/secret.h"
#include "base/time.h"
#include "db/database.h"
#include "policy/changes.h"
#include "policy/holds.h"
#include "policy/lock.h"
#include "policy/roads.h"
#include "store/keys.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::store {

/// A row that carries power is not as we wrote it. Answered like a broken world: refused, 503.
class TamperedRow : public Unavailable {
public:
    using Unavailable::Unavailable;
};

struct TotpApp {
    FactorId id;
    Secret secret;
    Instant created_at;
    std::int64_t last_step;  // newest spent step
    std::int64_t drift;      // -1, 0, 1
    Instant used_at;
};

/// A passkey or security key (WebAuthn level 3, section 4: public key credential source).
struct Passkey {
    FactorId id;
    Bytes credential_id;  // the authenticator's name for it, 1 to 1,023 bytes
    Bytes public_key;     // COSE_Key
    Bytes aaguid;         // 16 bytes; zeros where the authenticator did not say
    std::string name;     // the person's, or made from the AAGUID
    std::vector<std::string> transports;
    bool backup_eligible;  // never changes
    bool user_verified;    // it verified its user when it was made: it can be both factors
    Instant created_at;
    std::int64_t counter;  // the newest signature counter
    bool backed_up;        // when it was last used
    std::optional<Instant> used_at;
    std::string used_in;  // the browser of the last use, in words; empty: never used
};

/// How many passkeys there are of each strength (policy/level.h).
struct PasskeyCounts {
    std::int64_t synced = 0;   // verify their user, and are backup eligible
    std::int64_t bound = 0;    // verify their user, in one piece of hardware
    std::int64_t touched = 0;  // never verified their user
};

/// A stored slow hash: the PHC string and the id of the pepper beside it.
struct StoredHash {
    std::string phc;
    std::int64_t pepper;
};

struct RecoveryCode {
    FactorId id;
    std::int64_t index;  // 1-based, as printed
    StoredHash hash;
};

struct Kit {
    KitId id;
    Instant created_at;
    std::vector<RecoveryCode> codes;  // those not used yet
};

enum class ChannelRole : std::uint8_t { primary, notice };

struct Channel {
    ChannelId id;
    ChannelRole role;
    Email address;
    Instant proven_at;
};

/// A number that takes codes by text message, as a second factor.
struct Phone {
    ChannelId id;
    std::string number;  // E.164, "+351912345678"
    Instant proven_at;
};

/// Value does not leave above the cap until then (policy/holds.h).
struct Hold {
    HoldId id;
    policy::holds::Cause cause;
    Instant since;
    Instant until;
};

/// A change that waits, was stopped or was done (policy/changes.h).
struct PendingChange {
    ChangeId id;
    policy::changes::Pending pending;
    std::string subject;  // what it is about: the id of a factor or channel
    std::string before;   // the old address or number
    std::string after;    // the new one
    std::optional<Instant> ended_at;
    std::string stopped_by;  // a stable code: "mail", "session" …; empty where nobody stopped it
};

using CaseId = Id<struct CaseTag>;
/// A case on a road back (policy/roads.h).
struct RecoveryCase {
    CaseId id;
    policy::roads::Case state;
    std::optional<Instant> ended_at;  // finished, ended or expired
};

using LockId = Id<struct LockTag>;
/// The account's lock (policy/lock.h), the last one where it is open again.
struct AccountLock {
    LockId id;
    Instant first_at;  // of the row
    bool running = false;
    std::string number{};  // the case number that people are shown
    policy::lock::Means means{};
    Instant locked_at{};
    std::optional<Instant> unlock_at{};  // an unlocking waits
    std::int64_t delays = 0;             // of it
    /// By voice (proof/lock.h).
    std::vector<std::pair<std::string, policy::lock::Said>> voices{};
};

enum class AccountState : std::uint8_t { active, locked, closed };

/// The verified set of one account, as of the transaction that loaded it. Changes are made here and written
/// by save().
class CredentialSet {
public:
    /// Throws TamperedRow. The account row must exist.
    static CredentialSet load(db::Tx& tx, const Keys& keys, const AccountId& account);
    /// The statements of load() for an account that is not there, so that it costs what a known one costs.
    static void load_nothing(db::Tx& tx, const AccountId& nobody);
    /// For a new account: nothing is stored until save().
    static CredentialSet for_new(const AccountId& account, const Email& email, Instant created_at);

    [[nodiscard]] const AccountId& account() const noexcept { return m_account; }
    [[nodiscard]] AccountState state() const noexcept { return m_state; }
    /// Grows by one with each save().
    [[nodiscard]] std::int64_t version() const noexcept { return m_version; }

    [[nodiscard]] std::optional<StoredHash> password() const;
    [[nodiscard]] std::optional<Instant> password_changed_at() const;
    void set_password(FactorId id, const StoredHash& hash, Instant now);
    /// The same password under other parameters: its age stays.
    void replace_password_hash(const StoredHash& hash);
    /// From now on the account is entered by passkeys. There must be one.
    void remove_password();

    /// Opens the sealed secrets: ask for them only where a code is to be checked.
    [[nodiscard]] std::vector<TotpApp> totp_apps(db::Tx& tx, const Keys& keys) const;
    [[nodiscard]] std::size_t totp_app_count() const noexcept;
    void add_totp_app(const Keys& keys, FactorId id, const Secret& secret, std::int64_t spent_step,
                      std::int64_t drift, Instant now);
    void remove_totp_app(const FactorId& id);

    /// With what the last use of each left behind.
    [[nodiscard]] std::vector<Passkey> passkeys(db::Tx& tx) const;
    [[nodiscard]] PasskeyCounts passkey_counts() const;
    /// ConstraintViolation where any account has the credential id.
    void add_passkey(const Passkey& passkey);
    void rename_passkey(const FactorId& id, std::string_view name);
    void remove_passkey(const FactorId& id);

    [[nodiscard]] std::optional<Kit> kit() const;
    /// A new kit kills the old one at once. `hashes`: of codes 1, 2, 3 …; `ids`: one for each.
    void set_kit(KitId id, const std::vector<FactorId>& ids, const std::vector<StoredHash>& hashes,
                 Instant now);
    void spend_recovery_code(const FactorId& id);

    [[nodiscard]] std::vector<Channel> channels() const;
    [[nodiscard]] Email primary_address() const;
    void add_channel(const Channel& channel);
    void remove_channel(const ChannelId& id);
    /// Takes the place of the primary address, and is the account's key from save() on, which throws
    /// ConstraintViolation where another account has it: ask find_account() before. A second channel of the
    /// same address goes.
    void set_primary(const Channel& channel);

    [[nodiscard]] std::vector<Phone> phones() const;
    void add_phone(const Phone& phone);
    void remove_phone(const ChannelId& id);
    /// Codes by e-mail as a second factor: since when, where they are on.
    [[nodiscard]] std::optional<Instant> email_codes_since() const;
    void start_email_codes(FactorId id, Instant now);
    void stop_email_codes();

    /// All that were not forgotten, running or over.
    [[nodiscard]] std::vector<Hold> holds() const;
    /// When the last of them ends; nullopt where none runs at `now`.
    [[nodiscard]] std::optional<Instant> held_until(Instant now) const;
    void add_hold(const Hold& hold);
    [[nodiscard]] std::vector<PendingChange> changes() const;
    /// Adds it, or puts it in the place of the one with its id.
    void put_change(const PendingChange& change);
    [[nodiscard]] std::vector<RecoveryCase> cases() const;
    /// Adds it, or puts it in the place of the one with its id.
    void put_case(const RecoveryCase& one);
    /// nullopt where it was never locked.
    [[nodiscard]] std::optional<AccountLock> lock() const;
    /// In the place of the one before; the account's state follows it.
    void put_lock(const AccountLock& lock);
    /// Holds, changes and cases that ended before `before`: they are history, which events keep.
    void forget_ended(Instant before);

    /// Writes what changed, with the next version and a new digest. A loser of a race is re-run by the
    /// engine.
    void save(db::Tx& tx, const Keys& keys, Instant now);

private:
    enum class Kind : std::uint8_t {
        password,
        totp,
        kit,
        recovery_code,
        channel,
        passkey,
        phone,
        email_codes,
        hold,
        change,
        recovery,
        lock,
    };
    struct Row {
        Uuid id;
        Kind kind;
        Bytes body;
        Instant created_at;
        std::int64_t version = 0;  // 0: not stored yet
        Bytes mac;
        bool changed = false;  // stored, but with another body
    };
    struct FirstUse {
        Uuid credential;
        std::int64_t step;
        std::int64_t drift;
    };
    struct FirstPasskeyUse {
        Uuid credential;
        Bytes credential_id;
        std::int64_t counter;
        bool backed_up;
    };
    static db::Rows query_head(db::Tx& tx, const AccountId& account);
    static db::Rows query_rows(db::Tx& tx, const AccountId& account);
    CredentialSet(const AccountId& account, std::string email_key, Instant created_at)
        : m_account(account), m_email_key(std::move(email_key)), m_created_at(created_at)
    {
    }
    static std::string_view kind_text(Kind kind) noexcept;
    static Kind kind_of(std::string_view text);
    static crypto::Canonical sealing_context(const AccountId& account, const Uuid& id);
    /// Alarms and throws TamperedRow.
    [[noreturn]] void refuse_tampered(std::string_view what) const;
    [[nodiscard]] crypto::Canonical row_mac_input(const Row& row) const;
    [[nodiscard]] crypto::Canonical digest_input() const;
    [[nodiscard]] const Row* first(Kind kind) const noexcept;
    void remove(const Uuid& id);
    void remove_kind(Kind kind);
    [[nodiscard]] Row& row_of(const FactorId& id, Kind kind);
    /// Adds a row, or gives the one with this id another body.
    void put_row(const Uuid& id, Kind kind, Bytes body, Instant created_at);
    void write_row(db::Tx& tx, const Keys& keys, Row& row);
    void write_first_uses(db::Tx& tx, Instant now);

    AccountId m_account;
    std::string m_email_key;
    AccountState m_state = AccountState::active;
    Instant m_created_at;
    std::int64_t m_version = 0;
    std::vector<Row> m_rows;  // ordered by id
    std::vector<Uuid> m_removed;
    std::vector<FirstUse> m_first_uses;
    std::vector<FirstPasskeyUse> m_first_passkey_uses;
};

/// Spends `step` of an app and notes its drift; false where that step or a newer one was spent already, also
/// by a parallel request in another process.
bool spend_totp_step(db::Tx& tx, const FactorId& app, std::int64_t step, std::int64_t drift, Instant now);

/// Notes a use of a passkey that was judged; false where its counter has moved since `seen_counter`: a
/// parallel answer of the same key, or of its copy.
bool note_passkey_use(db::Tx& tx, const FactorId& passkey, std::int64_t seen_counter, std::int64_t counter,
                      bool backed_up, std::string_view browser, Instant now);
/// Whose passkey this is, before anything of it is verified: load the set of that account next.
std::optional<AccountId> find_passkey_account(db::Tx& tx, BytesView credential_id);
/// Each WebAuthn challenge is good for one answer; false where it was spent. `challenge`: its SHA-256.
bool spend_challenge(db::Tx& tx, BytesView challenge, Instant expires_at);
bool is_spent(db::Tx& tx, BytesView challenge);

std::string_view state_text(AccountState state) noexcept;
AccountState state_of(std::string_view text);

}  // namespace sallyport::store
