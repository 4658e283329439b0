#include "common/base/result.h"
#include "tests/support/runtest.h"

#include <QtTest>

#include <cerrno>
#include <memory>

using shmpix::Error;
using shmpix::ErrorCode;
using shmpix::Result;

class TestResult : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aValueIsASuccess();
    void anErrorIsAFailure();
    void aSuccessNeedsNoValue();
    void aValueThatCannotBeCopiedIsMovedOut();
    void theValueCanBeChangedInPlace();
    void errorsAreEqualWhenCodeAndTextAre();
    void exitCodeTellsTheCause_data();
    void exitCodeTellsTheCause();
    void systemMessageNamesTheCause();
};

void TestResult::aValueIsASuccess()
{
    const Result<int> result = 42;
    QVERIFY(result.has_value());
    QVERIFY(bool(result));
    QCOMPARE(result.value(), 42);
    QCOMPARE(*result, 42);
}

void TestResult::anErrorIsAFailure()
{
    const Result<int> result = Error{ErrorCode::NotFound, QStringLiteral("Nothing is there.")};
    QVERIFY(!result.has_value());
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::NotFound);
    QCOMPARE(result.error().text, QStringLiteral("Nothing is there."));
}

void TestResult::aSuccessNeedsNoValue()
{
    const Result<void> success;
    QVERIFY(success.has_value());
    QVERIFY(bool(success));
    const Result<void> failure = Error{ErrorCode::NoSpace, QStringLiteral("Full.")};
    QVERIFY(!failure.has_value());
    QCOMPARE(failure.error().code, ErrorCode::NoSpace);
}

void TestResult::aValueThatCannotBeCopiedIsMovedOut()
{
    Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
    const std::unique_ptr<int> value = *std::move(result);
    QVERIFY(value != nullptr);
    QCOMPARE(*value, 7);
}

void TestResult::theValueCanBeChangedInPlace()
{
    Result<QString> result = QStringLiteral("a");
    result->append(QLatin1Char('b'));
    *result += QLatin1Char('c');
    result.value() += QLatin1Char('d');
    QCOMPARE(result.value(), QStringLiteral("abcd"));
    QCOMPARE(std::as_const(result)->size(), 4);
}

void TestResult::errorsAreEqualWhenCodeAndTextAre()
{
    const Error error = {ErrorCode::BadData, QStringLiteral("Bad.")};
    QVERIFY(error == (Error{ErrorCode::BadData, QStringLiteral("Bad.")}));
    QVERIFY(error != (Error{ErrorCode::System, QStringLiteral("Bad.")}));
    QVERIFY(error != (Error{ErrorCode::BadData, QStringLiteral("Worse.")}));
}

void TestResult::exitCodeTellsTheCause_data()
{
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<int>("status");

    QTest::newRow("usage") << ErrorCode::Usage << 2;
    QTest::newRow("not found") << ErrorCode::NotFound << 3;
    QTest::newRow("not permitted") << ErrorCode::NotPermitted << 4;
    QTest::newRow("not ours") << ErrorCode::NotOurs << 4;
    QTest::newRow("in use") << ErrorCode::InUse << 4;
    QTest::newRow("bad data") << ErrorCode::BadData << 5;
    QTest::newRow("no space") << ErrorCode::NoSpace << 6;
    QTest::newRow("timed out") << ErrorCode::TimedOut << 7;
    QTest::newRow("lock held") << ErrorCode::LockHeld << 7;
    QTest::newRow("system") << ErrorCode::System << 1;
}

void TestResult::exitCodeTellsTheCause()
{
    QFETCH(ErrorCode, code);
    QTEST(shmpix::exitCode(code), "status");
}

void TestResult::systemMessageNamesTheCause()
{
    QCOMPARE(shmpix::systemMessage(ENOENT), QStringLiteral("No such file or directory"));
    QVERIFY(!shmpix::systemMessage(987654).isEmpty());
}

int tst_result(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestResult>(argc, argv);
}

#include "tst_result.moc"
