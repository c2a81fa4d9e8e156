#include "store/fake_reports.h"

namespace sallyport::store {

namespace {

using policy::fake_reports::Finding;

std::string_view text_of(FakeNameKind kind)
{
    switch (kind) {
    case FakeNameKind::host: return "host";
    case FakeNameKind::sender: break;
    }
    return "sender";
}

FakeNameKind kind_of(std::string_view text)
{
    return text == "host" ? FakeNameKind::host : FakeNameKind::sender;
}

std::string_view text_of(Finding finding)
{
    switch (finding) {
    case Finding::none: break;
    case Finding::fake: return "fake";
    case Finding::genuine: return "genuine";
    }
    return "";
}

Finding finding_of(std::string_view text)
{
    if (text == "fake") return Finding::fake;
    return text == "genuine" ? Finding::genuine : Finding::none;
}

crypto::Canonical context_of(std::string_view reference, FakePart part)
{
    const std::string_view name = part == FakePart::content ? "content" : "picture";
    return {"fake_reports", 1, {reference, name}};
}

db::Value or_null(BytesView bytes) { return bytes.empty() ? db::Value(db::null_bytes) : db::to_value(bytes); }

FakeReport report_in(const db::Rows& rows, std::size_t i)
{
    FakeReport report;
    report.reference = rows.text(i, 0);
    if (!rows.is_null(i, 1)) report.account = AccountId::from_bytes(rows.bytes(i, 1));
    report.network = rows.bytes(i, 2);
    report.channel = rows.text(i, 3);
    report.given = rows.text(i, 4);
    report.signed_by_us = rows.integer(i, 5) != 0;
    report.made_at = from_unix_ms(rows.integer(i, 6));
    if (!rows.is_null(i, 7)) report.content = rows.bytes(i, 7);
    if (!rows.is_null(i, 8)) report.picture = rows.bytes(i, 8);
    report.finding = finding_of(rows.text(i, 9));
    return report;
}

std::vector<FakeName> names_in_rows(const db::Rows& rows)
{
    std::vector<FakeName> names;
    for (std::size_t i = 0; i < rows.size(); ++i)
        names.push_back({kind_of(rows.text(i, 0)), rows.text(i, 1), rows.text(i, 2)});
    return names;
}

}  // namespace

void put_fake_report(db::Tx& tx, const FakeReport& report, const std::vector<FakeName>& names)
{
    const db::Value account =
        report.account ? db::to_value(BytesView(report.account->value())) : db::Value(db::null_bytes);
    tx.execute("INSERT INTO fake_reports (reference, account, network, channel, given, signed_by_us, "
               "content, picture, finding, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
               report.reference, account, report.network, report.channel, report.given,
               report.signed_by_us ? 1 : 0, or_null(report.content), or_null(report.picture),
               text_of(report.finding), to_unix_ms(report.made_at));
    for (const FakeName& one : names)
        tx.execute("INSERT INTO fake_names (reference, kind, name, cluster) VALUES ($1, $2, $3, $4)",
                   report.reference, text_of(one.kind), one.name, one.cluster);
}

std::optional<FakeReport> find_fake_report(db::Tx& tx, std::string_view reference)
{
    const auto rows = tx.query("SELECT reference, account, network, channel, given, signed_by_us, made_at, "
                               "content, picture, finding FROM fake_reports WHERE reference = $1",
                               reference);
    return rows.empty() ? std::nullopt : std::optional(report_in(rows, 0));
}

std::vector<FakeName> names_of_fake(db::Tx& tx, std::string_view reference)
{
    return names_in_rows(tx.query(
        "SELECT kind, name, cluster FROM fake_names WHERE reference = $1 ORDER BY kind, name", reference));
}

Bytes sealed_fake(const Keys& keys, std::string_view reference, FakePart part, BytesView plain)
{
    return keys.sealer.seal(context_of(reference, part), plain);
}

std::optional<Secret> opened_fake(const Keys& keys, std::string_view reference, FakePart part,
                                  BytesView sealed)
{
    return keys.sealer.open(context_of(reference, part), sealed);
}

std::vector<FakeCluster> fake_clusters(db::Tx& tx, Instant since, std::int64_t most)
{
    const auto rows =
        tx.query("SELECT n.kind, n.cluster, COUNT(DISTINCT n.reference), COUNT(DISTINCT r.network), "
                 "MIN(r.made_at), MAX(r.made_at) FROM fake_names n JOIN fake_reports r ON r.reference = "
                 "n.reference WHERE r.made_at > $1 GROUP BY n.kind, n.cluster ORDER BY 4 DESC, 3 DESC, 2, 1 "
                 "LIMIT $2",
                 to_unix_ms(since), most);
    std::vector<FakeCluster> clusters;
    for (std::size_t i = 0; i < rows.size(); ++i)
        clusters.push_back({kind_of(rows.text(i, 0)), rows.text(i, 1), rows.integer(i, 2), rows.integer(i, 3),
                            from_unix_ms(rows.integer(i, 4)), from_unix_ms(rows.integer(i, 5))});
    return clusters;
}

std::vector<std::string> fakes_in(db::Tx& tx, std::string_view cluster, std::int64_t most)
{
    const auto rows = tx.query("SELECT reference FROM fake_reports WHERE reference IN (SELECT reference FROM "
                               "fake_names WHERE cluster = $1) ORDER BY made_at DESC, reference LIMIT $2",
                               cluster, most);
    std::vector<std::string> references;
    for (std::size_t i = 0; i < rows.size(); ++i) references.push_back(rows.text(i, 0));
    return references;
}

std::vector<FakeName> names_in(db::Tx& tx, std::string_view cluster, std::int64_t most)
{
    return names_in_rows(tx.query("SELECT DISTINCT kind, name, cluster FROM fake_names WHERE cluster = $1 "
                                  "ORDER BY kind, name LIMIT $2",
                                  cluster, most));
}

bool put_finding(db::Tx& tx, std::string_view reference, Finding finding)
{
    return tx.execute("UPDATE fake_reports SET finding = $1 WHERE reference = $2 AND finding = ''",
                      text_of(finding), reference) == 1;
}

std::vector<FakeReport> untold_findings(db::Tx& tx, std::int64_t most)
{
    const auto rows = tx.query("SELECT reference, account, network, channel, given, signed_by_us, made_at, "
                               "NULL, NULL, finding FROM fake_reports WHERE finding <> '' AND told = 0 "
                               "ORDER BY made_at LIMIT $1",
                               most);
    std::vector<FakeReport> reports;
    for (std::size_t i = 0; i < rows.size(); ++i) reports.push_back(report_in(rows, i));
    return reports;
}

bool note_told(db::Tx& tx, std::string_view reference)
{
    return tx.execute("UPDATE fake_reports SET told = 1 WHERE reference = $1 AND told = 0", reference) == 1;
}

void forget_fake_reports(db::Tx& tx, Instant before, Instant contents_before, std::int64_t most)
{
    tx.execute("DELETE FROM fake_reports WHERE reference IN (SELECT reference FROM fake_reports WHERE "
               "made_at <= $1 ORDER BY made_at LIMIT $2)",
               to_unix_ms(before), most);
    tx.execute("UPDATE fake_reports SET content = NULL, picture = NULL WHERE reference IN (SELECT reference "
               "FROM fake_reports WHERE made_at <= $1 AND (content IS NOT NULL OR picture IS NOT NULL) ORDER "
               "BY made_at LIMIT $2)",
               to_unix_ms(contents_before), most);
}

}  // namespace sallyport::store
