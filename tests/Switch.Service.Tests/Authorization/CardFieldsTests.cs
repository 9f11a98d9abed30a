using Google.Protobuf;
using Switch.Contracts.V1;

namespace Switch.Service.Tests.Authorization;

/// <summary>What each entry mode demands of the card, and how its parts have to agree.</summary>
public sealed class CardFieldsTests : IDisposable
{
    private const string Path = "payment_method.card";
    private readonly ValidatorRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(EntryMode.Manual, false, false)]
    [InlineData(EntryMode.Ecommerce, false, false)]
    [InlineData(EntryMode.MagneticStripe, true, false)]
    [InlineData(EntryMode.FallbackStripe, true, false)]
    [InlineData(EntryMode.Chip, false, true)]
    [InlineData(EntryMode.Contactless, false, true)]
    public void EntryMode_DecidesWhatIsRequired(EntryMode mode, bool needsTrack2, bool needsEmvData)
    {
        var faults = FaultsOf(card =>
        {
            card.Track2 = "";
            card.EmvData = ByteString.Empty;
        }, mode);
        Assert.Equal(needsTrack2, faults.Contains($"{Path}.track2"));
        Assert.Equal(needsEmvData, faults.Contains($"{Path}.emv_data"));
        Assert.Equal((needsTrack2 ? 1 : 0) + (needsEmvData ? 1 : 0), faults.Count);

        Assert.Empty(FaultsOf(card => card.Track2 = ValidatorRig.Track2, mode));
    }

    [Fact]
    public void Card_Missing_IsAFault() =>
        Assert.Equal(["payment_method"], _rig.FaultsOf(request => request.PaymentMethod = new PaymentMethod()));

    [Theory]
    [InlineData("4111111111111112")] // Luhn
    [InlineData("41111111111")] // 11 digits
    [InlineData("41111111111111111111")] // 20 digits
    [InlineData("4111 1111 1111 1111")]
    [InlineData("４１１１１１１１１１１１１１１１")]
    public void Pan_OutsideItsForm_IsAFault(string pan) =>
        Assert.Equal([$"{Path}.pan"], FaultsOf(card => card.Pan = pan));

    [Fact]
    public void Pan_MayBeLeftToTrack2_AndMustAgreeWithIt()
    {
        Assert.Equal([$"{Path}.pan"], FaultsOf(card => card.Pan = ""));
        Assert.Empty(FaultsOf(card => (card.Pan, card.Track2) = ("", ValidatorRig.Track2)));
        Assert.Equal(
            [$"{Path}.pan"], FaultsOf(card => (card.Pan, card.Track2) = ("5555555555554444", ValidatorRig.Track2)));
    }

    [Fact]
    public void Card_FromTrack2Alone_HasItsPanAndExpiry()
    {
        var request = ValidatorRig.Good();
        request.EntryMode = EntryMode.MagneticStripe;
        request.PaymentMethod.Card = new Card { Track2 = ValidatorRig.Track2 };
        var payment = _rig.TryAccept(request, out var refusal);
        Assert.Null(refusal);
        Assert.Equal((2030, 12), (payment!.Expiry.Year, payment.Expiry.Month));
        Assert.Equal(Keys.KeyFiles.Pan(ValidatorRig.Pan), payment.Pan);
    }

    [Theory]
    [InlineData("4111111111111111")]
    [InlineData("4111111111111112=30122010000000000000")]
    [InlineData("4111111111111111=3013201")]
    [InlineData("4111111111111111=3012")]
    [InlineData("4111111111111111=3012201F")]
    [InlineData(";4111111111111111=3012201?")]
    [InlineData("4111111111111111=301220100000000000000")]
    public void Track2_OutsideItsForm_IsAFault(string track2) =>
        Assert.Equal([$"{Path}.track2"], FaultsOf(card => card.Track2 = track2));

    [Theory]
    [InlineData(2026, 11, true)] // on any day of its month
    [InlineData(2026, 10, false)]
    [InlineData(2025, 12, false)]
    [InlineData(2027, 1, true)]
    public void Expiry_IsTheLastDayOfItsMonth_AtTheTerminal(int year, int month, bool valid) =>
        Assert.Equal(
            valid ? [] : [$"{Path}.expiry_year"],
            _rig.FaultsOf(request =>
            {
                request.LocalDateTime = new LocalDateTime
                {
                    Year = 2026,
                    Month = 11,
                    Day = 30,
                    Hour = 23,
                    Minute = 59,
                    Second = 59
                };
                (request.PaymentMethod.Card.ExpiryYear, request.PaymentMethod.Card.ExpiryMonth) = (year, month);
            }));

    /// <summary>Minutes into 2 December in UTC, at the switch.</summary>
    [Theory]
    [InlineData(119, true)] // the last minute of November somewhere on earth
    [InlineData(120, false)]
    [InlineData(60 * 24 * 40, false)]
    public void Expiry_OfATerminalWhoseClockIsSetBack_IsJudgedByTheSwitchsClock(int minutes, bool valid)
    {
        _rig.Time.SetUtcNow(new DateTimeOffset(2026, 12, 2, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes));
        var faults = _rig.FaultsOf(request =>
        {
            request.LocalDateTime = new LocalDateTime { Year = 2026, Month = 11, Day = 2 };
            (request.PaymentMethod.Card.ExpiryYear, request.PaymentMethod.Card.ExpiryMonth) = (2026, 11);
        });
        Assert.Equal(valid ? [] : [$"{Path}.expiry_year"], faults);
    }

    [Theory]
    [InlineData(0, 2030, "expiry_month")]
    [InlineData(13, 2030, "expiry_month")]
    [InlineData(12, 30, "expiry_year")]
    [InlineData(12, 2100, "expiry_year")]
    [InlineData(0, 0, "expiry_month expiry_year")]
    public void Expiry_OutOfRange_IsAFault(int month, int year, string fields) =>
        Assert.Equal(
            fields.Split(' ').Select(field => $"{Path}.{field}"),
            FaultsOf(card => (card.ExpiryMonth, card.ExpiryYear) = (month, year)));

    [Theory]
    [InlineData("9A03")]
    [InlineData("9F")]
    [InlineData("00")]
    public void EmvData_ThatIsNoTlv_IsAFault(string hex) =>
        Assert.Equal(
            [$"{Path}.emv_data"], FaultsOf(card => card.EmvData = ByteString.CopyFrom(Convert.FromHexString(hex))));

    [Theory]
    [InlineData(252, true)] // with tag and long length 255 bytes in all
    [InlineData(253, false)]
    public void EmvData_HasAtMost255Bytes(int valueLength, bool valid)
    {
        byte[] tlv = [0x9A, 0x81, (byte)valueLength, .. new byte[valueLength]];
        Assert.Equal(valid ? [] : [$"{Path}.emv_data"], FaultsOf(card => card.EmvData = ByteString.CopyFrom(tlv)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void PinBlock_IsEightBytesOrNothing(int length, bool valid) =>
        Assert.Equal(valid ? [] : [$"{Path}.pin_block"], FaultsOf(
            card => card.PinBlock = ByteString.CopyFrom(new byte[length])));

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(999, true)]
    [InlineData(1000, false)]
    public void SequenceNumber_Is0To999(int number, bool valid) =>
        Assert.Equal(valid ? [] : [$"{Path}.sequence_number"], FaultsOf(card => card.SequenceNumber = number));

    [Fact]
    public void Faults_OfTheCard_AreAllNamedAtOnce() =>
        Assert.Equal(
            [$"{Path}.emv_data", $"{Path}.expiry_month", $"{Path}.pan", $"{Path}.pin_block", $"{Path}.sequence_number"],
            FaultsOf(card =>
            {
                card.Pan = "1";
                card.ExpiryMonth = 99;
                card.EmvData = ByteString.CopyFrom(1);
                card.PinBlock = ByteString.CopyFrom(1);
                card.SequenceNumber = 5000;
            }).Order());

    private IReadOnlyList<string> FaultsOf(Action<Card> change, EntryMode mode = EntryMode.Chip) =>
        _rig.FaultsOf(request =>
        {
            request.EntryMode = mode;
            change(request.PaymentMethod.Card);
        });
}
