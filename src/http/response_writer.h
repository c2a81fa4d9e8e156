#pragma once
// Responses, flat: one buffer, written at once. Adds what every response carries (ux.md, section 4): a
// handler's header of the same name wins, so that one page can be stricter or one asset cacheable.
#include "http/message.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::http {

struct WriteFacts {
    std::string_view date;      // "Sun, 06 Nov 1994 08:49:37 GMT"
    bool without_body = false;  // answers HEAD
    bool keep_alive = true;
    bool http_1_0 = false;
    bool secure = false;  // adds Strict-Transport-Security
};

class ResponseWriter {
public:
    /// `report_path`: where browsers report violations of the policy; empty for nowhere.
    explicit ResponseWriter(std::string_view report_path);
    /// Appends the whole response. A header that would break the framing is a ProgrammingError, and nothing
    /// is appended.
    void append(std::string& out, const Response& response, const WriteFacts& facts) const;

private:
    std::vector<std::pair<std::string, std::string>> m_defaults;
    std::string m_all_defaults;  // the same, as lines
};

/// IMF-fixdate, RFC 9110 section 5.6.7.
std::string http_date(std::chrono::sys_seconds at);

}  // namespace sallyport::http
