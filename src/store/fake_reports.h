#pragma once
// Fakes that people reported (policy/fake_reports.h), for operators: what was pasted and uploaded, sealed,
// and the hosts and senders that it named, by which reports are counted. Nothing of it is ever shown or sent
// to anybody who is no operator.
#include "base/ids.h"
#include "base/secret.h"
#include "base/time.h"
#include "db/database.h"
#include "policy/fake_reports.h"
#include "store/keys.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::store {

struct FakeReport {
    std::string reference;  // as made, without dashes (proof/stop_code.h)
    std::optional<AccountId> account;
    Bytes network;        // keyed hash
    std::string channel;  // how it came: a code of ours
    std::string given;    // what the reporter gave away: codes of ours, by spaces
    bool signed_by_us = false;
    Instant made_at{};
    Bytes content{}, picture{};  // sealed; empty: none, or not kept
    policy::fake_reports::Finding finding = policy::fake_reports::Finding::none;
};

enum class FakeNameKind : std::uint8_t { host, sender };
struct FakeName {
    FakeNameKind kind;
    std::string name;     // "login.exchange-help.example"
    std::string cluster;  // "exchange-help.example"
    friend bool operator==(const FakeName&, const FakeName&) = default;
};
/// Names in no order, none twice.
void put_fake_report(db::Tx& tx, const FakeReport& report, const std::vector<FakeName>& names);
std::optional<FakeReport> find_fake_report(db::Tx& tx, std::string_view reference);
std::vector<FakeName> names_of_fake(db::Tx& tx, std::string_view reference);

/// Bound to its report and part.
enum class FakePart : std::uint8_t { content, picture };
Bytes sealed_fake(const Keys& keys, std::string_view reference, FakePart part, BytesView plain);
std::optional<Secret> opened_fake(const Keys& keys, std::string_view reference, FakePart part,
                                  BytesView sealed);

struct FakeCluster {
    FakeNameKind kind;
    std::string cluster;
    std::int64_t reports;
    std::int64_t networks;  // that they came from: one that reports much counts once
    Instant first, last;
};
/// Of reports made after `since`: from the most networks first.
std::vector<FakeCluster> fake_clusters(db::Tx& tx, Instant since, std::int64_t most);
/// References of reports that named it, the newest first; and all names in it.
std::vector<std::string> fakes_in(db::Tx& tx, std::string_view cluster, std::int64_t most);
std::vector<FakeName> names_in(db::Tx& tx, std::string_view cluster, std::int64_t most);

/// False where there is no such report, or it has a finding.
bool put_finding(db::Tx& tx, std::string_view reference, policy::fake_reports::Finding finding);
/// Findings that nobody was told of yet.
std::vector<FakeReport> untold_findings(db::Tx& tx, std::int64_t most);
/// False where somebody else was quicker.
bool note_told(db::Tx& tx, std::string_view reference);

/// Reports made at `before` or earlier go, and the texts and pictures of those made at `contents_before` or
/// earlier; at most `most` of each.
void forget_fake_reports(db::Tx& tx, Instant before, Instant contents_before, std::int64_t most);

}  // namespace sallyport::store
