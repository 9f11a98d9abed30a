using Switch.Contracts.V1;
using Switch.Iso8583;
using Switch.Service.Acquirers;
using Switch.Service.Journal.Records;
using Switch.Service.Tests.Keys;

namespace Switch.Service.Tests.Acquirers;

/// <summary>Every field of a reversal as S13 lists them, and which replies are answers, in both dialects.</summary>
public sealed class ReversalMessageTests
{
    public static TheoryData<string> Dialects => ["iso1987-ascii", "iso1987-binary"];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void S13_Reversal_CarriesTheseFields_AndNeverTrackPinOrEmv(string dialect)
    {
        using var sent = Write(dialect, Record());

        Assert.Equal(Mti.ReversalAdvice, sent.Mti);
        var expected = new Dictionary<int, string>
        {
            [2] = "4111111111111111",
            [3] = "000000",
            [4] = "000000001290",
            [7] = "1124193000",
            [11] = "000777",
            [12] = "081409",
            [13] = "1123",
            [14] = "3012",
            [18] = "5462",
            [22] = "051",
            [25] = "00",
            [32] = "123456",
            [37] = "RRN000000001",
            [38] = "A1B2C3",
            [39] = "00",
            [41] = "BK000001",
            [42] = "BAKERY-BERLIN  ",
            [49] = "978",
            [90] = "0100" + "000042" + "1123080000" + "00000123456" + "00000000000",
        };
        Assert.Equal([.. expected.Keys.Order()], FieldsOf(sent));
        foreach (var (field, value) in expected) Assert.Equal((field, value), (field, sent.GetString(field)));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void S13_WithoutAReply_WhatIsNotKnownIsLeftOut(string dialect)
    {
        var record = Record();
        record.ApprovalCode = record.AcquirerResponseCode = record.Original.AcquiringInstitutionId = "";

        using var sent = Write(dialect, record);

        foreach (var field in (int[])[32, 38, 39]) Assert.False(sent.Has(field), $"DE {field}");
        Assert.Equal("0100" + "000042" + "1123080000" + new string('0', 22), sent.GetString(90));
    }

    [Fact]
    public void S10_PartialApproval_IsReversedWithWhatWasApproved()
    {
        var record = Record();
        record.ApprovedMinor = 645;

        using var sent = Write("iso1987-ascii", record);

        Assert.Equal("000000000645", sent.GetString(4));
    }

    [Theory]
    [InlineData("0430", "00", "BAKERY-BERLIN", true, "")]
    [InlineData("0430", "05", "", true, "")]
    [InlineData("0430", "", "BAKERY-BERLIN", false, "reply_without_code")]
    [InlineData("0430", "00", "ANOTHER", false, "reply_echo")]
    [InlineData("0410", "00", "BAKERY-BERLIN", false, "reply_type")]
    public void Reply_IsAnAnswer_OnlyIfItIsOne(string mti, string code, string merchant, bool isAnswer, string reason)
    {
        using var buffer = IsoBuffer.Rent(IsoDialect.Ascii1987);
        var writer = new IsoWriter(buffer, new Mti(Convert.ToUInt16(mti, 16)));
        if (code.Length > 0) writer.Text(39, code);
        if (merchant.Length > 0) writer.Text(42, merchant);
        Assert.True(writer.TryComplete(out _));
        using var reply = IsoMessage.Rent(buffer.Dialect);
        Assert.True(reply.TryParse(buffer.Span, out _));

        var result = ReversalMessage.ReadReply(reply, Mti.ReversalAdviceResponse, Record());

        var kind = isAnswer ? ReversalKind.Replied : ReversalKind.SentUnknown;
        Assert.Equal((kind, reason, isAnswer ? code : ""), (result.Kind, result.Reason, result.Code));
    }

    private static IsoMessage Write(string dialect, ReversalRecord record)
    {
        using var buffer = IsoBuffer.Rent(IsoDialect.Resolve(dialect));
        Assert.True(
            ReversalMessage.TryWrite(
                buffer, Mti.ReversalAdvice, record, KeyFiles.Pan("4111111111111111"), KeyFiles.Expiry(2030, 12),
                out var fault),
            fault.ToString());
        var sent = IsoMessage.Rent(buffer.Dialect);
        Assert.True(sent.TryParse(buffer.Span, out fault), fault.ToString());
        Assert.True(sent.TryValidate(out fault), fault.ToString());
        return sent;
    }

    private static ReversalRecord Record() => new()
    {
        Stan = 777,
        TransmissionDateTime = "1124193000",
        ApprovalCode = "A1B2C3",
        AcquirerResponseCode = "00",
        Original = new AttemptRecord
        {
            MessageType = "0100",
            ProcessingCode = "000000",
            Stan = 42,
            TransmissionDateTime = "1123080000",
            PosEntryMode = "051",
            PosCondition = "00",
            AcquiringInstitutionId = "123456",
            CurrencyNumeric = "978",
            Draft = new TransactionEvent
            {
                RequestedAmount = new Contracts.V1.Money { AmountMinor = 1290, Currency = "EUR" },
                LocalDateTime = new LocalDateTime
                {
                    Year = 2026,
                    Month = 11,
                    Day = 23,
                    Hour = 8,
                    Minute = 14,
                    Second = 9,
                },
                Mcc = "5462",
                RetrievalReferenceNumber = "RRN000000001",
                TerminalId = "BK000001",
                MerchantId = "BAKERY-BERLIN",
            },
        },
    };

    private static List<int> FieldsOf(IsoMessage message)
    {
        var fields = new List<int>();
        for (var field = message.NextField(1); field > 0; field = message.NextField(field)) fields.Add(field);
        return fields;
    }
}
