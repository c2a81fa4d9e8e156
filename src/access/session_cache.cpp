#include "access/session_cache.h"

#include "base/mutex.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <atomic>
#include <cstring>

namespace sallyport::access {

namespace {

/// 48 bytes with its key; a million sessions fit in 150 MB (bench/).
struct Entry {
    Uuid account;
    std::uint32_t created_seconds;
    std::uint32_t seen_seconds;
    std::uint32_t methods;
    std::uint8_t level;
    bool seen_since_written;
};

/// The key is the first half of a SHA-256: it needs no further mixing.
struct FirstBytes {
    using is_avalanching = void;
    std::size_t operator()(const Uuid& key) const noexcept
    {
        std::size_t hash = 0;
        std::memcpy(&hash, key.data(), sizeof hash);
        return hash;
    }
};

using Map = boost::unordered_flat_map<Uuid, Entry, FirstBytes>;
constexpr std::size_t shards = 16;
/// A transaction may commit this much later than the moment that it wrote.
constexpr Duration log_overlap = std::chrono::seconds{30};

struct Shard {
    mutable Mutex mutex;
    Map map GUARDED_BY(mutex);
};
using Seen = std::vector<std::pair<Uuid, Instant>>;

Instant at_second(std::uint32_t seconds) { return from_unix_ms(std::int64_t{seconds} * 1000); }
std::uint32_t second_of(Instant at) { return static_cast<std::uint32_t>(to_unix_seconds(at)); }

SessionFacts facts_of(const Uuid& key, const Entry& entry)
{
    return {SessionId(key), AccountId(entry.account),         entry.level,
            entry.methods,  at_second(entry.created_seconds), at_second(entry.seen_seconds)};
}

/// Drops what is over, and adds what was seen since the last call.
void take_seen(Shard& shard, Instant now, const policy::sessions::Limits& limits, Seen& seen)
{
    const auto is_over = [&](const auto& held) {
        return policy::sessions::judge(at_second(held.second.created_seconds),
                                       at_second(held.second.seen_seconds), now,
                                       limits) != policy::sessions::Validity::valid;
    };
    const Lock lock(shard.mutex);
    boost::unordered::erase_if(shard.map, is_over);
    for (auto& [key, entry] : shard.map) {
        if (!entry.seen_since_written) continue;
        entry.seen_since_written = false;
        seen.emplace_back(key, at_second(entry.seen_seconds));
    }
}

}  // namespace

struct SessionCache::State {
    std::array<Shard, shards> all;
    std::atomic<std::int64_t> log_read_at{INT64_MIN};
    /// Ended sessions seen lately: a row read before its end and held after it would live on here.
    Mutex ended_mutex;
    boost::unordered_flat_map<Uuid, std::int64_t, FirstBytes> ended GUARDED_BY(ended_mutex);

    Shard& shard_of(const Uuid& key) { return all[key[8] % shards]; }
    bool has_ended(const Uuid& key)
    {
        const Lock lock(ended_mutex);
        return ended.contains(key);
    }
};

SessionCache::SessionCache(db::Database& database, const store::Keys& keys, const ports::Clock& clock,
                           policy::sessions::Limits limits)
    : m_database(database), m_keys(keys), m_clock(clock), m_limits(limits), m_state(std::make_unique<State>())
{
}

SessionCache::~SessionCache() = default;

std::optional<SessionFacts> SessionCache::find_quickly(const store::TokenHash& hash)
{
    const Instant now = m_clock.now();
    if (to_unix_ms(now - log_unread_max) > m_state->log_read_at.load(std::memory_order_relaxed))
        return std::nullopt;
    const Uuid key = store::session_id_of(hash).value();
    Shard& shard = m_state->shard_of(key);
    const Lock lock(shard.mutex);
    const auto at = shard.map.find(key);
    if (at == shard.map.end()) return std::nullopt;
    Entry& entry = at->second;
    if (policy::sessions::judge(at_second(entry.created_seconds), at_second(entry.seen_seconds), now,
                                m_limits) != policy::sessions::Validity::valid) {
        shard.map.erase(at);
        return std::nullopt;
    }
    const SessionFacts facts = facts_of(key, entry);
    if (const std::uint32_t seen = second_of(now); seen > entry.seen_seconds) {
        entry.seen_seconds = seen;
        entry.seen_since_written = true;
    }
    return facts;
}

void SessionCache::hold(const store::Session& session)
{
    const Uuid key = store::session_id_of(session.token_hash).value();
    Shard& shard = m_state->shard_of(key);
    const Lock lock(shard.mutex);
    if (m_state->has_ended(key)) return;
    const std::uint32_t seen = second_of(m_clock.now());
    shard.map.insert_or_assign(key, Entry{session.account.value(), second_of(session.created_at), seen,
                                          static_cast<std::uint32_t>(session.methods),
                                          static_cast<std::uint8_t>(session.level), true});
}

Task<std::optional<SessionFacts>> SessionCache::find(store::TokenHash hash)
{
    auto quick = find_quickly(hash);
    if (quick) co_return quick;
    const auto session = co_await store::find_session(m_database, m_keys, hash);
    if (!session) co_return std::nullopt;
    const Instant now = m_clock.now();
    // What this process has seen but not written yet counts as seen.
    Instant seen = session->last_seen_at;
    {
        const Uuid key = store::session_id_of(hash).value();
        Shard& shard = m_state->shard_of(key);
        const Lock lock(shard.mutex);
        const auto at = shard.map.find(key);
        if (at != shard.map.end()) seen = std::max(seen, at_second(at->second.seen_seconds));
    }
    if (policy::sessions::judge(session->created_at, seen, now, m_limits) !=
        policy::sessions::Validity::valid)
        co_return std::nullopt;
    hold(*session);
    co_return SessionFacts{store::session_id_of(hash), session->account,    session->level,
                           session->methods,           session->created_at, now};
}

void SessionCache::forget(const store::TokenHash& hash)
{
    const Uuid key = store::session_id_of(hash).value();
    Shard& shard = m_state->shard_of(key);
    const Lock lock(shard.mutex);
    {
        const Lock ended_lock(m_state->ended_mutex);
        m_state->ended.insert_or_assign(key, to_unix_ms(m_clock.now()));
    }
    shard.map.erase(key);
}

void SessionCache::forget_account(const AccountId& account)
{
    for (Shard& shard : m_state->all) {
        const Lock lock(shard.mutex);
        boost::unordered::erase_if(
            shard.map, [&](const auto& entry) { return entry.second.account == account.value(); });
    }
}

Task<void> SessionCache::read_revocations()
{
    const Instant now = m_clock.now();
    const auto ended = co_await store::ended_since(m_database, now - log_overlap);
    for (const store::TokenHash& hash : ended) forget(hash);
    m_state->log_read_at.store(to_unix_ms(now), std::memory_order_relaxed);
    const std::int64_t forgotten_before = to_unix_ms(now - 2 * log_overlap);
    const Lock lock(m_state->ended_mutex);
    boost::unordered::erase_if(m_state->ended,
                               [&](const auto& entry) { return entry.second < forgotten_before; });
}

/// The database did not take them: they are written with the next batch.
void SessionCache::write_again(const std::vector<std::pair<Uuid, Instant>>& seen)
{
    for (const auto& [key, at] : seen) {
        Shard& shard = m_state->shard_of(key);
        const Lock lock(shard.mutex);
        const auto held = shard.map.find(key);
        if (held != shard.map.end()) held->second.seen_since_written = true;
    }
}

Task<void> SessionCache::write_last_seen()
{
    constexpr std::size_t batch = 1000;
    // The map holds half of each hash; the row is found by that half's range. Written once there is a batch:
    // of a million sessions at once the list would be 24 MB.
    Seen seen;
    for (Shard& shard : m_state->all) {
        take_seen(shard, m_clock.now(), m_limits, seen);
        if (seen.size() < batch && &shard != &m_state->all.back()) continue;
        for (std::size_t from = 0; from < seen.size(); from += batch) {
            const auto first = seen.begin() + static_cast<std::ptrdiff_t>(from);
            const Seen part(first, first + static_cast<std::ptrdiff_t>(std::min(batch, seen.size() - from)));
            auto work = [part](db::Tx& tx) { store::touch_sessions(tx, part); };
            std::exception_ptr error;
            try {
                co_await m_database.transact(std::move(work));
            } catch (...) {
                error = std::current_exception();
            }
            if (!error) continue;
            seen.erase(seen.begin(), first);
            write_again(seen);
            std::rethrow_exception(error);
        }
        seen.clear();
    }
}

std::size_t SessionCache::size() const
{
    std::size_t count = 0;
    for (const Shard& shard : m_state->all) {
        const Lock lock(shard.mutex);
        count += shard.map.size();
    }
    return count;
}

}  // namespace sallyport::access
