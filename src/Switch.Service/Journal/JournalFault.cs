namespace Switch.Service.Journal;

/// <summary>Why a write is not durable.</summary>
internal enum JournalFault
{
    /// <summary>It is durable.</summary>
    None,

    /// <summary>The disk is full, or the file has reached its bound in bytes.</summary>
    Full,

    /// <summary>
    /// The disk answers with errors, or another program holds the file's write lock. After this answer alone it is not
    /// known whether the write survives a crash: nothing may be promised on it, and recovery may meet it.
    /// </summary>
    Failing,

    /// <summary>The disk answers with errors; this write was not tried, or was undone: recovery will not meet
    /// it.</summary>
    NotWritten,

    /// <summary>The bound of waiting writes is reached; nothing was written.</summary>
    Busy,

    /// <summary>The journal is stopping or stopped; nothing was written.</summary>
    Stopped,

    /// <summary>The outbox has reached its bound, less what open intents may still need; nothing was written.</summary>
    OutboxFull,

    /// <summary>As many advices wait as may, less what open intents may still need; nothing was written.</summary>
    AdvicesFull,

    /// <summary>The advice to change is not there, or not any more; nothing was written.</summary>
    NotFound,

    /// <summary>The step breaks the journal's own bounds or schema: a bug of the caller. Nothing was written.</summary>
    Refused,
}
