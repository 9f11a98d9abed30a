using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Settlement.Consuming;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Tests.Consuming;

public sealed class EventReaderTests
{
    [Fact]
    public void Read_GoodEvent_HasNoFault()
    {
        var read = EventStreams.Read(0, 0, EventStreams.Authorized(1));
        Assert.Null(read.Fault);
        Assert.Equal(new DateOnly(2026, 5, 28), read.BusinessDate);
    }

    [Theory]
    [InlineData("cardswitch.transaction.authorized.v1", null)]
    [InlineData("cardswitch.transaction.authorized.v2", "another version than v1")]
    [InlineData("cardswitch.transaction.authorized", "another version than v1")]
    [InlineData("somebody.else.v1", "is no cardswitch.transaction.")]
    public void Read_TypeHeader_HasToBeOfVersionOne(string type, string? fault)
    {
        var bytes = EventStreams.Authorized(1).ToByteArray();
        var read = EventStreams.Reader.Read(new ConsumedMessage(0, 0, "", bytes, type));
        if (fault is null) Assert.Null(read.Fault);
        else Assert.Contains(fault, read.Fault!, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<TransactionEvent>> Faults() => new()
    {
        { "type 99 is unknown", e => e.Type = (TransactionEventType)99 },
        { "type 0 is unknown", e => e.Type = 0 },
        { "kind 4 is unknown", e => e.Kind = (TransactionKind)4 },
        { "outcome 9 is unknown", e => e.Outcome = (Outcome)9 },
        { "outcome is missing", e => e.Outcome = 0 },
        { "transaction_id", e => e.TransactionId = "" },
        { "transaction_id \"ABC\"", e => e.TransactionId = "ABC" },
        { "root_transaction_id", e => e.RootTransactionId = new string('G', 32) },
        { "event_id", e => e.EventId = "" },
        { "event_id", e => e.EventId = EventStreams.IdOf(2) + ".authorized" },
        { "event_id is not 1 to 128", e => e.EventId += new string('x', 128) },
        { "merchant_id", e => e.MerchantId = "" },
        { "terminal_id", e => e.TerminalId = "123456789" },
        { "control characters", e => e.MerchantId = "a\0b" },
        { "longer than 256", e => e.Acquirer = new string('x', 257) },
        { "currency \"EUX\" is unknown", e => e.RequestedAmount.Currency = "EUX" },
        { "currency \"\" is unknown", e => e.ApprovedAmount.Currency = "" },
        { "requested_amount: 0 is not", e => e.RequestedAmount.AmountMinor = 0 },
        { "approved_amount: 1000000000000001", e => e.ApprovedAmount.AmountMinor = Currencies.AmountMinorMax + 1 },
        { "approved_amount is missing", e => e.ApprovedAmount = null },
        { "requested_amount is missing", e => e.RequestedAmount = null },
        { "\"2026-02-30\" is no date", e => e.BusinessDate = "2026-02-30" },
        { "\"28.05.2026\" is no date", e => e.BusinessDate = "28.05.2026" },
        { "more than 2 days in the future", e => e.BusinessDate = "2026-05-31" },
        { "occurred_at is missing", e => e.OccurredAt = null },
        { "occurred_at is no time", e => e.OccurredAt.Seconds = long.MaxValue },
        { "occurred_at is no time", e => e.OccurredAt.Nanos = 1_000_000_000 },
        { "accepted_at is no time", e => e.AcceptedAt.Nanos = -1 },
        { "entry_mode 7 is unknown", e => e.EntryMode = (EntryMode)7 },
        { "entry_mode 65539 is unknown", e => e.EntryMode = (EntryMode)(65_536 + 3) },
        { "declined_by 4 is unknown", e => e.DeclinedBy = (DeclinedBy)4 },
        { "declined_by -1 is unknown", e => e.DeclinedBy = (DeclinedBy)(-1) },
        { "outcome 65537 is unknown", e => e.Outcome = (Outcome)(65_536 + 1) },
        { "card_first_six is not at most 6 digits", e => e.CardFirstSix = "4111111" },
        { "card_first_six is not at most 6 digits", e => e.CardFirstSix = "41111x" },
        { "card_last_four is not at most 4 digits", e => e.CardLastFour = "41111" },
        { "card_last_four is not at most 4 digits", e => e.CardLastFour = "41-1" },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void Read_Fault_IsSaidInWords(string fault, Action<TransactionEvent> breakIt)
    {
        var e = EventStreams.Authorized(1);
        breakIt(e);

        var read = EventStreams.Read(0, 0, e);

        Assert.Null(read.Event);
        Assert.Contains(fault, read.Fault!, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LargestAmountAndLastDate_AreGood()
    {
        var e = EventStreams.Authorized(1, amountMinor: Currencies.AmountMinorMax);
        e.BusinessDate = "2026-05-30";
        Assert.Null(EventStreams.Read(0, 0, e).Fault);
    }

    [Fact]
    public void Read_RandomBytes_NeverThrow()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var good = EventStreams.Authorized(1).ToByteArray();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = round % 2 == 0 ? new byte[random.Next(300)] : (byte[])good.Clone();
            if (round % 2 == 0) random.NextBytes(bytes);
            else bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var read = EventStreams.Reader.Read(new ConsumedMessage(0, 0, "", bytes, null));
            Assert.True(read.Event is null != read.Fault is null);
        }
    }
}
