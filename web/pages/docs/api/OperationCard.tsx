import { memo, type ReactNode, useState } from 'react'
import { CopyIcon } from '../../../pieces/Copy.tsx'
import classes from './Api.module.css'
import type { ApiOperation, Parameter } from './openapi.ts'
import { curlOf, type Field, fieldsOf, typeOf } from './schema.ts'

const callers = {
  anybody: 'Anyone can call it.',
  token: 'Requires an access token or a signed-in browser.',
  session: 'Requires a signed-in browser. Access tokens are refused.',
}

interface Card {
  operation: ApiOperation
  /** Drawn whole, opened or not: for paper. */
  whole: boolean
}

/** One operation: a line that opens into everything about it. Plain elements, since there are many of them. */
export const OperationCard = memo(function OperationCard({ operation, whole }: Card) {
  const { id, method, path, summary } = operation
  // What was never opened is not drawn.
  const [opened, setOpened] = useState(false)
  return (
    <details id={id} className={classes.operation} onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <summary className={classes.summary}>
        <span className={classes.method} data-method={method}>
          {method}
        </span>
        <code className={classes.path}>{path}</code>
        <span className={classes.words}>{summary}</span>
      </summary>
      {(opened || whole) && <Details operation={operation} />}
    </details>
  )
})

function Details({ operation }: { operation: ApiOperation }) {
  const { id, description, caller, parameters, body, bodyRequired, status, reply, replyType } = operation
  const curl = curlOf(operation)
  const replyFields = fieldsOf(reply)
  return (
    <div className={classes.details}>
      <p>
        {callers[caller]} {plain(description)}{' '}
        <a href={`#${id}`} className={classes.screen}>
          Link to this operation
        </a>
      </p>
      {parameters.length > 0 && <Fields title="Parameters" fields={parameters.map(parameterField)} />}
      {body && <Fields title={bodyRequired ? 'Body' : 'Body, may be left out'} fields={fieldsOf(body)} />}
      <h3>Answer {status}</h3>
      {replyFields.length > 0 ? (
        <FieldTable label={`Answer ${status}`} fields={replyFields} always />
      ) : (
        <p>{replyType === 'application/json' ? typeWords(reply) : replyType}</p>
      )}
      <h3>Example</h3>
      <div className={classes.example}>
        <pre>
          <code>{curl}</code>
        </pre>
        <span className={classes.screen}>
          <CopyIcon value={curl} label="Copy the example" />
        </span>
      </div>
    </div>
  )
}

function typeWords(reply: ApiOperation['reply']): string {
  return reply === undefined ? 'Nothing.' : `JSON: ${typeOf(reply)}.`
}

/** The description with what stands between backticks as code. */
function plain(description: string): ReactNode[] {
  const parts = description.split(/`([^`]+)`/)
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places
  return parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))
}

function parameterField({ name, in: place, required = false, description = '', schema }: Parameter): Field {
  return { path: name, type: `${typeOf(schema)} (${place})`, required, description }
}

function Fields({ title, fields }: { title: string; fields: Field[] }) {
  return (
    <>
      <h3>{title}</h3>
      {fields.length === 0 ? <p>An empty object.</p> : <FieldTable label={title} fields={fields} />}
    </>
  )
}

function FieldTable({ label, fields, always = false }: { label: string; fields: Field[]; always?: boolean }) {
  return (
    <table className={classes.fields} aria-label={label}>
      <tbody>
        {fields.map(({ path, type, required, description }) => (
          <tr key={path}>
            <th scope="row">
              <code>{path}</code>
              {always
                ? !required && <span className={classes.note}> not always</span>
                : required && <span className={classes.note}> required</span>}
            </th>
            <td>
              <span className={classes.type}>{type}</span>
              {description !== '' && <> {plain(description)}</>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
