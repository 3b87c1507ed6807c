#include <consent_sync/input/mapping.hpp>

#include <doctest/doctest.h>

#include <string>

#include "contains.hpp"

using namespace consent_sync::input;
using consent_sync::test::contains;

namespace {

const std::string whole = "customer: {id: c}\ncategories: {analytics: a}\n";

std::string error_of(const std::string& yaml) {
  try {
    read_mapping(yaml);
  } catch (const MappingError& error) {
    return std::to_string(error.line()) + ": " + error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a mapping without values has the words of the canonical form") {
  const Mapping mapping = read_mapping(whole);
  CHECK(mapping.key == Mapping::Key::id);
  CHECK(mapping.customer == Field{"c", ""});
  CHECK(mapping.parts == std::vector<std::string>{"a"});
  CHECK(mapping.allow_words.size() == 5);
  CHECK(mapping.unspecified_words == std::vector<std::string>{""});
}

TEST_CASE("customers may be known by their e-mail address") {
  CHECK(read_mapping("customer: {email: Email}\ncategories: {analytics: a}").key == Mapping::Key::email);
  CHECK(read_mapping("customer: {id_or_email: Who}\ncategories: {analytics: a}").key ==
        Mapping::Key::id_or_email);
}

TEST_CASE("a field may be JSON, with a pointer into it") {
  CHECK(read_mapping("customer: {id: cookie#/user/id}\ncategories: {analytics: a}").customer ==
        Field{"cookie", "/user/id"});
}

TEST_CASE("several sources of a category need a rule") {
  CHECK(contains(error_of("customer: {id: c}\ncategories: {targeting: [a, b]}"),
                 "2: categories.targeting has several sources"));
  CHECK(error_of("customer: {id: c}\ncategories: {targeting: [a]}").empty());
  CHECK(error_of("customer: {id: c}\ncategories: {targeting: {all: [a, b]}, analytics: {any: [b, d]}}")
            .empty());
  CHECK(contains(error_of("customer: {id: c}\ncategories: {targeting: {all: [a], any: [b]}}"),
                 "either all or any"));
  CHECK(contains(error_of("customer: {id: c}\ncategories: {targeting: {all: [a, a]}}"), "names a twice"));
  CHECK(contains(error_of("customer: {id: c}\ncategories: {targeting: {all: []}}"), "has no source"));
}

TEST_CASE("what is missing, unknown or there twice is named with its line") {
  CHECK(contains(error_of("categories: {analytics: a}"), "customer is not set"));
  CHECK(contains(error_of("customer: {id: Reason}\ncategories: {analytics: a}"),
                 "customer.id names a field reason"));
  CHECK(contains(error_of("customer: {id: c}"), "categories is not set"));
  CHECK(contains(error_of(whole + "value: {allow: [x]}\n"), "3: the mapping has no key value"));
  CHECK(contains(error_of(whole + "ignored: [x]\nignored: [y]\n"), "has the key ignored twice"));
  CHECK(contains(error_of("customer: {id: c, email: e}\ncategories: {analytics: a}"), "either id or email"));
  CHECK(contains(error_of("customer: {id: c}\ncategories: {marketing: a}"),
                 "2: categories has no key marketing"));
  CHECK(contains(error_of("customer: c\ncategories: {analytics: a}"), "1: customer takes"));
  CHECK(contains(error_of("customer: {id: ''}\ncategories: {analytics: a}"), "names no field"));
  CHECK(contains(error_of("customer: {id: [a"), "not valid YAML"));
  CHECK(contains(error_of("[a, b]"), "the mapping takes"));
  CHECK(contains(error_of(whole + "ignored: [\xFF]"), "not valid UTF-8"));
}

TEST_CASE("a word cannot mean two things, nor a category have a place and be ignored") {
  CHECK(contains(error_of(whole + "values: {allow: [Yes], deny: ['yes ']}"),
                 "\"yes \" is under values.allow and values.deny"));
  CHECK(contains(error_of(whole + "ignored: [a]"), "a is under ignored and under categories"));
  CHECK(contains(error_of(whole + "optional: [b]"), "names b, which no category has as its source"));
  CHECK(contains(error_of(whole + "inverted: [b]"), "names b, which no category has as its source"));
}

TEST_CASE("an empty entry in a list of words is a slip; the empty word is quoted") {
  CHECK(contains(error_of(whole + "values: {allow: [x], deny: [~]}"), "the empty one is written \"\""));
  CHECK(read_mapping(whole + "values: {allow: [x], deny: [\"\"]}").deny_words ==
        std::vector<std::string>{""});
  CHECK(read_mapping(whole + "values: {allow: [x]}").unspecified_words == std::vector<std::string>{""});
}

TEST_CASE("times need formats that are, and a zone where they have none") {
  CHECK(error_of(whole + "decided_at: t").empty());
  CHECK(error_of(whole + "decided_at: ~").empty());
  CHECK_FALSE(read_mapping(whole + "decided_at: ~").decided_at);
  CHECK(contains(error_of(whole + "decided_at: {from: t, formats: [iso]}"), "\"iso\" is no format"));
  CHECK(contains(error_of(whole + "decided_at: {from: t, formats: ['%d/%m/%Y']}"), "has no %z"));
  CHECK(error_of(whole + "decided_at: {from: t, formats: ['%d/%m/%Y'], zone: '+01:00'}").empty());
  CHECK(contains(error_of(whole + "decided_at: {from: t, formats: ['%d/%m/%Y'], zone: CET}"), "no offset"));
  CHECK(contains(error_of(whole + "decided_at: {formats: [rfc3339]}"), "has no from"));
}

TEST_CASE("decisions have one form, and what that needs") {
  CHECK(contains(error_of(whole + "decisions: {object: o, pairs: p}"), "takes one of"));
  CHECK(contains(error_of(whole + "decisions: {rows: {category: x}}"), "has no value"));
  CHECK(contains(error_of(whole + "decisions: {lists: {}}"), "neither allow nor deny"));
  CHECK(contains(error_of(whole + "decisions: {pairs: {field: p, between: ':'}}"), "same character"));
  CHECK(
      contains(error_of(whole + "only_if: {key: action, is: [yes]}"), "needs decisions by object or pairs"));
  CHECK(contains(error_of(whole + "only_if: {field: f}"), "either is or is_not"));
}

TEST_CASE("sections laid over a preset's take their place, categories one by one") {
  const std::string merged = overlay_mapping(
      "customer: {id: c}\nignored: [x, y]\ncategories: {analytics: a, targeting: {all: [t, u]}}",
      "customer: {email: E mail}\nignored: [z]\ncategories: {functional: f, analytics: b}");
  CHECK(merged.find('\n') == std::string::npos);
  const Mapping mapping = read_mapping(merged);
  CHECK(mapping.key == Mapping::Key::email);
  CHECK(mapping.customer.name == "E mail");
  CHECK(mapping.ignored == std::vector<std::string>{"z"});
  CHECK(mapping.parts == std::vector<std::string>{"f", "b", "t", "u"});
  CHECK(overlay_mapping(merged, "") == merged);
}

TEST_CASE("words that YAML could take for something else survive being written down again") {
  const std::string text =
      overlay_mapping("",
                      "customer: {id: \"#c: x\"}\ncategories: {analytics: \"1\"}\n"
                      "values: {allow: [\"yes\", \"~\", \"a, b\"], deny: [\"\", 'null', \"[\"]}");
  const Mapping mapping = read_mapping(text);
  CHECK(mapping.customer.name == "#c: x");
  CHECK(mapping.allow_words == std::vector<std::string>{"yes", "~", "a, b"});
  CHECK(mapping.deny_words == std::vector<std::string>{"", "null", "["});
}
