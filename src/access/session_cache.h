#pragma once
// Sessions by the SHA-256 of their secret. A hit costs one hash and one look into a map; a miss costs one
// read. Each process reads the log of ended sessions every 500 ms; where that log was unread for 2 s, every
// check asks the database, and where that fails too, the answer is 503 (architecture.md, "Session cache").
#include "base/task.h"
#include "policy/sessions.h"
#include "ports/clock.h"
#include "store/sessions.h"

#include <memory>
#include <optional>

namespace sallyport::access {

/// What the session check tells, in 48 bytes beside its key.
struct SessionFacts {
    SessionId id;
    AccountId account;
    std::int64_t level;    // 1, 2, 3
    std::int64_t methods;  // bits of policy::Method
    Instant created_at;    // to the second
    Instant last_seen_at;  // to the second
};

class SessionCache {
public:
    SessionCache(db::Database& database, const store::Keys& keys, const ports::Clock& clock,
                 policy::sessions::Limits limits);
    ~SessionCache();
    SessionCache(const SessionCache&) = delete;
    SessionCache& operator=(const SessionCache&) = delete;

    /// Without waiting: nullopt where the session is not held here, or the log was not read for too long. A
    /// session that is over by its age is not held either.
    std::optional<SessionFacts> find_quickly(const store::TokenHash& hash);
    /// As find_quickly, then the database. nullopt: there is no such session. Throws Unavailable.
    Task<std::optional<SessionFacts>> find(store::TokenHash hash);
    /// This process has ended it.
    void forget(const store::TokenHash& hash);
    void forget_account(const AccountId& account);

    /// Reads the log of ended sessions; called every 500 ms.
    Task<void> read_revocations();
    /// Writes what was seen since the last call; called once a minute.
    Task<void> write_last_seen();

    [[nodiscard]] std::size_t size() const;

    static constexpr Duration poll_every = std::chrono::milliseconds{500};
    static constexpr Duration log_unread_max = std::chrono::seconds{2};
    static constexpr Duration write_seen_every = std::chrono::seconds{60};

private:
    struct State;
    void hold(const store::Session& session);
    void write_again(const std::vector<std::pair<Uuid, Instant>>& seen);
    db::Database& m_database;
    store::Keys m_keys;
    const ports::Clock& m_clock;
    policy::sessions::Limits m_limits;
    std::unique_ptr<State> m_state;
};

}  // namespace sallyport::access
