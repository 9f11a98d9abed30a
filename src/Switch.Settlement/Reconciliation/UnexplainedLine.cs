namespace Switch.Settlement.Reconciliation;

/// <summary>A movement of an earlier statement that is an open exception.</summary>
/// <param name="ExceptionId">The exception.</param>
/// <param name="TakenFor">The debt that it was taken for although its sum differs, or empty.</param>
/// <param name="ImportId">The statement.</param>
/// <param name="Position">Which of its lines, from 0.</param>
/// <param name="EntryId">What was booked of it; 0 when nothing was.</param>
/// <param name="Line">The movement.</param>
internal sealed record UnexplainedLine(
    long ExceptionId, string TakenFor, long ImportId, long Position, long EntryId, BankLine Line);
