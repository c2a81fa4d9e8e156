#pragma once
// Sessions: rows found by the SHA-256 of a 256-bit secret, each with a MAC, and the log of those that ended.
#include "base/ids.h"
#include "base/time.h"
#include "db/database.h"
#include "store/keys.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sallyport::store {

using TokenHash = std::array<std::uint8_t, 32>;

/// The session's id is the first half of the hash of its secret: it names the session and opens nothing.
SessionId session_id_of(const TokenHash& hash) noexcept;

struct Session {
    TokenHash token_hash;
    AccountId account;
    std::int64_t level;    // 1, 2, 3: aal (NIST SP 800-63B-4)
    std::int64_t methods;  // bits of policy::sign_in::Method
    Instant created_at;
    Instant last_seen_at;
    std::string browser;  // the words shown in the list ("Firefox on Linux")
    std::string address;  // network address at creation
};

void insert_session(db::Tx& tx, const Keys& keys, const Session& session);

/// Reads one session; nullopt where there is none. A row whose MAC is wrong is alarmed and throws
/// TamperedRow.
Task<std::optional<Session>> find_session(db::Database& database, const Keys& keys, TokenHash hash);

/// Newest first. Rows that are not ours are left out, and alarmed.
std::vector<Session> sessions_of(db::Tx& tx, const Keys& keys, const AccountId& account);

/// Ends one session of this account; false where it is not there.
bool end_session(db::Tx& tx, const AccountId& account, const SessionId& session, Instant now);
/// Ends all but the newest `most` sessions of the account.
void end_oldest_sessions(db::Tx& tx, const AccountId& account, std::int64_t most, Instant now);
/// Ends every session of the account but `keep` (nullopt: all). Gives how many ended.
std::int64_t end_sessions(db::Tx& tx, const AccountId& account, const std::optional<TokenHash>& keep,
                          Instant now);

/// Hashes of the sessions that ended at `since` or later: what each process reads every 500 ms. The reader
/// asks with an overlap, because a transaction may commit later than the moment that it wrote.
Task<std::vector<TokenHash>> ended_since(db::Database& database, Instant since);

/// Moves `last_seen_at` forward; written in batches once a minute. A row is named by its id, which
/// is where its hash begins.
void touch_sessions(db::Tx& tx, const std::vector<std::pair<Uuid, Instant>>& seen);

/// Deletes sessions created before `created_before` and revocations before `revoked_before`; at most `most`
/// of each.
void forget_sessions(db::Tx& tx, Instant created_before, Instant revoked_before, std::int64_t most);

}  // namespace sallyport::store
